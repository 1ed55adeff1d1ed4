package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/go-rados/go-rados/rados/radostest/internal/ceph"
)

// linkPath is where a symbolic link leads to the folder of this user's cluster.
// The link is all that is remembered of it: which daemons run, the kernel knows.
func linkPath() string {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		return filepath.Join(dir, "rados-cluster")
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("rados-cluster-%d", os.Getuid()))
}

// clusterDir is the folder that the link leads to, or "" if there is no link.
func clusterDir() (string, error) {
	link := linkPath()
	info, err := os.Lstat(link)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	// All users may write to the temporary folder, and down removes the target of the link.
	if owner := info.Sys().(*syscall.Stat_t).Uid; int(owner) != os.Getuid() {
		return "", fmt.Errorf("%s belongs to user %d, not to you: set XDG_RUNTIME_DIR or TMPDIR to a folder of your own", link, owner)
	}
	return os.Readlink(link)
}

// daemon is one that the cluster has, or should have.
type daemon struct {
	name string
	pid  int // 0 if it does not run
}

func daemonsIn(dir string) ([]daemon, error) {
	running, err := ceph.Processes(dir)
	if err != nil {
		return nil, err
	}
	var daemons []daemon
	for _, name := range ceph.DaemonNames(dir) {
		d := daemon{name: name}
		if i := slices.IndexFunc(running, func(p ceph.Process) bool { return p.Name == name }); i >= 0 {
			d.pid = running[i].PID
		}
		daemons = append(daemons, d)
	}
	return daemons, nil
}

// condition is the state of a cluster.
type condition int

const (
	ended   condition = iota // no daemon runs, as after a reboot
	partial                  // some do
	running
)

func conditionOf(daemons []daemon) condition {
	alive := 0
	for _, d := range daemons {
		if d.pid != 0 {
			alive++
		}
	}
	switch {
	case alive == 0:
		return ended
	case alive < len(daemons):
		return partial
	default:
		return running
	}
}
