package ceph

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is a process of a cluster that another process started.
type Process struct {
	PID  int
	Name string // the daemon's, or that of the program
}

// Processes lists what runs for the cluster in dir, by pid, so that a daemon
// comes before what it forked. The kernel's list is the
// only one that is right whatever happened meanwhile: a pid in a file may have
// become another program's after a crash or a reboot.
func Processes(dir string) ([]Process, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var found []Process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if name := clusterProgram(pid, dir); name != "" {
			found = append(found, Process{pid, name})
		}
	}
	slices.SortFunc(found, func(a, b Process) int { return a.PID - b.PID })
	return found, nil
}

// DaemonNames lists the daemons that the cluster in dir should have, by the
// folders of their stores.
func DaemonNames(dir string) []string {
	var names []string
	for _, kind := range kinds {
		paths, _ := filepath.Glob(filepath.Join(dir, kind+".*")) // sorted
		for _, path := range paths {
			if info, err := os.Stat(path); err == nil && info.IsDir() {
				names = append(names, filepath.Base(path))
			}
		}
	}
	return names
}

// clusterProgram gives the name of a process if it is one of the cluster's.
func clusterProgram(pid int, dir string) string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil { // it has exited, or belongs to another user
		return ""
	}
	args := strings.Split(string(bytes.TrimRight(data, "\x00")), "\x00")
	program := filepath.Base(args[0])
	conf := slices.Index(args, filepath.Join(dir, "ceph.conf"))
	if conf < 1 || args[conf-1] != "--conf" || !strings.HasPrefix(program, "ceph") {
		return ""
	}
	if id := slices.Index(args, "-i"); id > 0 && id+1 < len(args) {
		return strings.TrimPrefix(program, "ceph-") + "." + args[id+1]
	}
	return program
}

// Remove kills the processes of the cluster in dir and removes the folder.
func Remove(dir string) error {
	began := time.Now()
	for {
		err := killAll(dir)
		if err == nil {
			err = os.RemoveAll(dir)
		}
		// A process that is about to end, or was just being started, is on no
		// list but may still write to the folder.
		if err == nil || time.Since(began) > stopTimeout {
			return err
		}
		time.Sleep(pollInterval)
	}
}

// killAll fails as long as there is a process of the cluster.
func killAll(dir string) error {
	running, err := Processes(dir)
	if err != nil {
		return err
	}
	for _, p := range running {
		if err := syscall.Kill(p.PID, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("killing process %d (%s): %w", p.PID, p.Name, err)
		}
	}
	if len(running) > 0 {
		return fmt.Errorf("process %d (%s) has not ended yet, in spite of SIGKILL", running[0].PID, running[0].Name)
	}
	return nil
}
