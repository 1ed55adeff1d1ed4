package main

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// A subject is a way to keep operations in flight.
type subject struct {
	name string
	// Either its driver, or the main file of the C program.
	driver driver
	source string
	// performs reports whether the subject takes part in a case.
	performs func(Case) bool
	soaked   bool     // whether its memory over time is observed
	env      []string // in addition to that of this process
}

// ours names the subject of most targets.
const ours = "methods"

// subjects lists all subjects, in the order of the tables. The first one that performs a case
// is the one that the others are compared with.
var subjects = []subject{
	{name: "C aio", source: "aio.c", performs: single, soaked: true},
	{name: "C threads", source: "threads.c", performs: func(c Case) bool { return c.Depth <= 1024 }},
	{name: ours, driver: methods, performs: func(Case) bool { return true }, soaked: true},
	{name: "context forms", driver: contextForms, performs: single},
	{name: "pipeline", driver: pipeline, performs: single},
}

// single reports whether an operation of the case is one of librados.
func single(c Case) bool { return wholes[c.Kind] == "" }

// variants returns the subject ours without and with each of the environment variables.
func variants(settings []string) []subject {
	c := subjects[slices.IndexFunc(subjects, func(c subject) bool { return c.name == ours })]
	list := []subject{c}
	for _, setting := range settings {
		c.name, c.env = ours+", "+setting, []string{setting}
		list = append(list, c)
	}
	return list
}

//go:embed c
var sources embed.FS

// program returns the command of the subject. It builds a C program in folder.
func (c subject) program(ctx context.Context, folder string) (*exec.Cmd, error) {
	if c.driver != nil {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		cmd := exec.CommandContext(ctx, self)
		cmd.Env = append(append(os.Environ(), c.env...), subjectVar+"="+c.name)
		return cmd, nil
	}
	if err := os.CopyFS(filepath.Join(folder, c.source), sources); err != nil {
		return nil, err
	}
	binary := filepath.Join(folder, c.source, "subject")
	cc := exec.CommandContext(ctx, "gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Wno-deprecated-declarations",
		"-pthread", "-o", binary, filepath.Join(folder, c.source, "c", c.source), "-lrados")
	if out, err := cc.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", cc, err, out)
	}
	return exec.CommandContext(ctx, binary), nil
}
