package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/go-rados/go-rados/rados/radostest/internal/ceph"
)

// run gives a program a cluster of its own and exits as the program does.
func run(args []string) (err error) {
	cfg, program, err := parse(args)
	if err != nil {
		return err
	}
	if len(program) == 0 {
		return usageError{errors.New("the program to run is missing")}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	c, err := ceph.Start(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	stop()
	return runProgram(c, program)
}

func runProgram(c *ceph.Cluster, program []string) error {
	cmd := exec.Command(program[0], program[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "CEPH_CONF="+c.Conf(), "RADOS_TEST_CONF="+c.Conf())

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("running %s: %w", program[0], err)
	}
	go func() {
		for sig := range signals {
			if sig != syscall.SIGINT { // the terminal sends that one to the program too
				cmd.Process.Signal(sig)
			}
		}
	}()
	cmd.Wait()
	return codeOf(cmd.ProcessState)
}

// codeOf is the code that a shell would give for how a program ended.
func codeOf(state *os.ProcessState) error {
	code := state.ExitCode()
	if status := state.Sys().(syscall.WaitStatus); status.Signaled() {
		code = 128 + int(status.Signal())
	}
	if code == 0 {
		return nil
	}
	return exitError(code)
}
