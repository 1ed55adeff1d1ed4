package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

// Calls holds the results of internal/test/callcost: the cost of calls to a fake
// librados that returns immediately. callcost is a separate program because a
// process can load only one librados.
type Calls struct {
	Calls []Call
	Ops   []Op
}

// Call is the cost of a single call: Over is the time in ns beyond a bare cgo call,
// and Own is Over without the time of the librados functions.
type Call struct {
	Name                  string
	NS, Over, Own, Allocs float64
	Compared              bool
}

// Op is the cost of an operation of several calls, or of an entry of a listing.
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
