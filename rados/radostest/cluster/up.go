package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/go-rados/go-rados/rados/radostest/internal/ceph"
)

func up(args []string) error {
	cfg, rest, err := parse(args)
	if err != nil {
		return err
	}
	if err := noArguments(rest); err != nil {
		return err
	}
	dir, err := clusterDir()
	if err != nil {
		return err
	}
	if dir != "" {
		daemons, err := daemonsIn(dir)
		if err != nil {
			return err
		}
		switch conditionOf(daemons) {
		case running:
			fmt.Fprintf(os.Stderr, "The cluster in %s is already up.\n", dir)
			printExport(dir)
			return nil
		case partial:
			return errors.New(`some daemons of the cluster are not running, see "status": stop the others with "down" first`)
		}
		fmt.Fprintf(os.Stderr, "Removing the files of a cluster that is not running, in %s.\n", dir)
		if err := remove(dir); err != nil {
			return err
		}
	}
	return startLasting(cfg)
}

// startLasting makes the link first, so that down finds the cluster even if
// this process is killed before the cluster is complete. Making it fails if
// another up is at work.
func startLasting(cfg ceph.Config) (err error) {
	cfg.Detach = true
	if cfg.Dir == "" {
		cfg.Dir, err = os.MkdirTemp("", "rados-")
	} else {
		cfg.Dir, err = filepath.Abs(cfg.Dir)
	}
	if err != nil {
		return err
	}
	if err := os.Symlink(cfg.Dir, linkPath()); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if _, err := ceph.Start(ctx, cfg); err != nil {
		return errors.Join(err, unlink())
	}
	fmt.Fprintf(os.Stderr, "The cluster is in %s. It stays until \"down\".\n", cfg.Dir)
	printExport(cfg.Dir)
	return nil
}

// printExport prints what a shell needs to use the cluster.
func printExport(dir string) {
	conf := filepath.Join(dir, "ceph.conf")
	fmt.Printf("export CEPH_CONF='%s' RADOS_TEST_CONF='%s'\n", conf, conf)
}

func down(args []string) error {
	if err := noArguments(args); err != nil {
		return err
	}
	dir, err := clusterDir()
	if err != nil {
		return err
	}
	if dir == "" {
		fmt.Fprintln(os.Stderr, "No cluster is up.")
		return nil
	}
	if err := remove(dir); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "The cluster is down, and %s is removed.\n", dir)
	return nil
}

func remove(dir string) error {
	if err := ceph.Remove(dir); err != nil {
		return err
	}
	return unlink()
}

// unlink removes the link to the cluster, unless another process just did.
func unlink() error {
	if err := os.Remove(linkPath()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
