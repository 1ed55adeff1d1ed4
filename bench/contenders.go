package main

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A contender is a way to keep operations in flight.
type contender struct {
	name string
	// Either its driver, or the file in c that is the whole program.
	driver driver
	source string
	aims   bool // the targets are about it
}

// baseline is what the others are compared with.
const baseline = "C aio"

// ours is what most of the targets are about.
const ours = "methods"

// contenders lists them, in the order of the tables.
var contenders = []contender{
	{name: baseline, source: "aio.c"},
	{name: "C threads", source: "threads.c"},
	{name: ours, driver: methods, aims: true},
	{name: "context forms", driver: contextForms},
	{name: "pipeline", driver: pipeline},
}

//go:embed c
var sources embed.FS

// program is what is run for the contender; folder is for what must be built.
func (c contender) program(ctx context.Context, folder string) (*exec.Cmd, error) {
	if c.driver != nil {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		cmd := exec.CommandContext(ctx, self)
		cmd.Env = append(os.Environ(), contenderVar+"="+c.name)
		return cmd, nil
	}
	if err := os.CopyFS(filepath.Join(folder, c.source), sources); err != nil {
		return nil, err
	}
	binary := filepath.Join(folder, c.source, "contender")
	cc := exec.CommandContext(ctx, "gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Wno-deprecated-declarations",
		"-pthread", "-o", binary, filepath.Join(folder, c.source, "c", c.source), "-lrados")
	if out, err := cc.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", cc, err, out)
	}
	return exec.CommandContext(ctx, binary), nil
}
