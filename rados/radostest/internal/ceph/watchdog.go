package ceph

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// watchdog ends a cluster: it kills the daemons and removes their folder as
// soon as nothing holds the writing end of its standard input any more.
//
// Only this process holds that end, and the kernel closes it however the
// process ends: by returning, a panic, a test's time-out, SIGINT or SIGKILL.
// None of these runs deferred functions or t.Cleanup for certain, and a
// parent-death signal would not do either: it comes when the thread that
// started the child ends, leaves the folder, and cannot reach what a daemon
// started. Closing the cluster in the ordinary way takes the same path, so
// the path is tested by every test.
//
// The watchdog leads a process group of its own, out of reach of a terminal's
// signals, which all of the cluster's processes join.
type watchdog struct {
	pid   int
	leash io.Closer
	out   io.ReadCloser // the errors, until both shells have exited
}

// The group cannot be killed from within, since no process would be left to
// remove the folder: a shell in a new session does both. Waiting for the
// group's end is bounded, since zombies stay where process 1 reaps nothing.
// "kill -s" with "--" is the one form that all shells understand.
const watchdogScript = `
trap '' HUP INT TERM
PATH=$PATH:/usr/bin:/bin
while read -r _; do :; done
setsid sh -c '
	kill -s KILL -- "-$1" 2>&1
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		kill -s 0 -- "-$1" || break
		sleep 0.05
	done
	rm -rf -- "$2" 2>&1
' sh "$$" "$1"
`

func startWatchdog(dir string) (*watchdog, error) {
	cmd := exec.Command("/bin/sh", "-c", watchdogScript, "sh", dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	leash, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, stdout, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer stdout.Close()
	cmd.Stdout = stdout
	if err := cmd.Start(); err != nil {
		out.Close()
		return nil, fmt.Errorf("starting the shell that ends the cluster: %w", err)
	}
	go cmd.Wait() // it is killed with its group, which exists until its processes are waited for
	return &watchdog{pid: cmd.Process.Pid, leash: leash, out: out}, nil
}

// group makes a command's process a member of the group that is killed.
func (w *watchdog) group() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pgid: w.pid}
}

// close lets go of the leash and waits until everything is gone.
func (w *watchdog) close() error {
	defer w.out.Close()
	w.leash.Close()
	complaints, err := io.ReadAll(w.out) // ends when the last shell does
	if err != nil {
		return fmt.Errorf("waiting for the cluster's end: %w", err)
	}
	if len(complaints) > 0 {
		return fmt.Errorf("ending the cluster: %s", bytes.TrimSpace(complaints))
	}
	return nil
}
