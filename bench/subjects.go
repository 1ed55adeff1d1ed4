package main

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A subject is a way to keep operations in flight.
type subject struct {
	name string
	// Either its driver, or the main file of the C program.
	driver  driver
	source  string
	targets bool // whether its results are compared with the targets
}

// baseline names the subject that the others are compared with.
const baseline = "C aio"

// ours names the subject of most targets.
const ours = "methods"

// subjects lists all subjects, in the order of the tables.
var subjects = []subject{
	{name: baseline, source: "aio.c"},
	{name: "C threads", source: "threads.c"},
	{name: ours, driver: methods, targets: true},
	{name: "context forms", driver: contextForms},
	{name: "pipeline", driver: pipeline},
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
		cmd.Env = append(os.Environ(), subjectVar+"="+c.name)
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
