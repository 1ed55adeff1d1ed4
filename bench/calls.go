package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

// Calls is what internal/test/callcost says: what calls cost on a librados that
// returns at once. It is a program of its own, for only one librados can be loaded.
type Calls struct {
	Calls []Call
	Ops   []Op
}

// Call is a single one: by how many ns it exceeds a bare cgo call, and by how many of them
// without what the functions of librados take.
type Call struct {
	Name                  string
	NS, Over, Own, Allocs float64
	Compared              bool
}

// Op is an operation of several calls, or a listing, for each entry.
type Op struct {
	Name                         string
	NS, Allocs                   float64
	CustomaryNS, CustomaryAllocs float64
}

func measureCalls(ctx context.Context, quick bool) (calls Calls, err error) {
	rounds, each := "100", "20000"
	if quick {
		rounds, each = "1", "100"
	}
	cmd := exec.CommandContext(ctx, "go", "run", "github.com/go-rados/go-rados/internal/test/callcost",
		"-json", "-rounds", rounds, "-calls", each)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &calls)
	}
	if err != nil {
		return calls, fmt.Errorf("%s: %w", cmd, err)
	}
	return calls, nil
}
