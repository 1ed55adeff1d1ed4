package main

import "embed"

// goldens has an example of each role for docs/SPEC.md.
//
//go:embed testdata/*/spec.yaml testdata/*/input.h
var goldens embed.FS
