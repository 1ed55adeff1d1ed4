package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/go-rados/go-rados/rados/radostest/internal/ceph"
)

// status fails unless all daemons run, so that scripts can ask.
func status(args []string) error {
	if err := noArguments(args); err != nil {
		return err
	}
	dir, err := clusterDir()
	if err != nil {
		return err
	}
	if dir == "" {
		fmt.Println(`No cluster is up: start one with "up".`)
		return exitError(1)
	}
	daemons, err := daemonsIn(dir)
	if err != nil {
		return err
	}
	now := conditionOf(daemons)
	if now == ended {
		fmt.Printf("The cluster in %s is not running: start a new one with \"up\", or remove its files with \"down\".\n", dir)
		return exitError(1)
	}
	conf := filepath.Join(dir, "ceph.conf")
	fmt.Printf("conf    %s\n", conf)
	for _, d := range daemons {
		fmt.Printf("%-7s %s\n", d.name, d.state())
	}
	fmt.Printf("health  %s", health(conf))
	if now == partial {
		return exitError(1)
	}
	return nil
}

func (d daemon) state() string {
	if d.pid == 0 {
		return "not running"
	}
	return fmt.Sprintf("process %d", d.pid)
}

// health asks the monitor, with a short timeout.
func health(conf string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := ceph.Open(conf).Ceph(ctx, "health", "--connect-timeout", "5")
	if err != nil {
		return fmt.Sprintf("unknown: %v\n", err)
	}
	return string(out)
}
