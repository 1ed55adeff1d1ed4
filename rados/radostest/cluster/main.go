// Command cluster runs a throw-away Ceph cluster from the shell: one that
// runs until it is taken down, or while a command runs.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/go-rados/go-rados/rados/radostest/internal/ceph"
)

const usage = `Usage: cluster COMMAND

A throw-away Ceph cluster on this machine, in one folder and on loopback ports.

  up [OPTIONS]            start a cluster that stays until "down"
  status                  show its daemons and its health
  down                    end it and remove everything of it
  run [OPTIONS] -- PROGRAM [ARGUMENTS]
                          start another cluster, run a program with it, end it
  help                    show this text

Options:
  --osds N                the number of OSDs, 1 to 10 (default 1)
  --mons N                the number of monitors, 1 to 3 (default 1)
  --ipv6                  all daemons listen on ::1
  --mds                   with an MDS and the CephFS file system "cephfs"
  --bluestore             keep objects in a file for each OSD, not in memory
  --wire MODE             how messages are sent: crc, secure or compressed
  --dir DIR               the cluster's folder: absent or empty (default: a temporary one)

RADOS_TEST_CLUSTER has the defaults of these options.

"up" prints a line for the shell, so that ceph, rados and tests find the cluster:
  eval "$(go run ./rados/radostest/cluster up)"
`

var commands = map[string]func(args []string) error{
	"up":     up,
	"status": status,
	"down":   down,
	"run":    run,
	"help":   help,
	"--help": help,
	"-h":     help,
}

func main() {
	os.Exit(exitCode(dispatch(os.Args[1:])))
}

// usageError is a mistake in the arguments.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// exitError ends the program with a certain code, and without a message.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func dispatch(args []string) error {
	if len(args) == 0 {
		return usageError{errors.New("a command is missing")}
	}
	command, known := commands[args[0]]
	if !known {
		return usageError{fmt.Errorf("there is no command %q", args[0])}
	}
	return command(args[1:])
}

func exitCode(err error) int {
	var code exitError
	var mistake usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		fmt.Print(usage)
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &mistake):
		fmt.Fprintf(os.Stderr, "cluster: %v\n\n%s", err, usage)
		return 2
	default:
		fmt.Fprintf(os.Stderr, "cluster: %v\n", err)
		return 1
	}
}

func help([]string) error {
	fmt.Print(usage)
	return nil
}

// noArguments is for commands that take none.
func noArguments(args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("unexpected argument %q", args[0])}
	}
	return nil
}

// parse reads the options of up and run, and returns what follows them.
func parse(args []string) (ceph.Config, []string, error) {
	const blueStoreSize = 4 << 30 // of a sparse file
	flags := flag.NewFlagSet("cluster", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are printed once, by main
	cfg, err := ceph.Environment()
	if err != nil {
		return ceph.Config{}, nil, err
	}
	cfg.Progress = progress()
	flags.IntVar(&cfg.OSDs, "osds", max(cfg.OSDs, 1), "")
	flags.IntVar(&cfg.Monitors, "mons", max(cfg.Monitors, 1), "")
	flags.BoolVar(&cfg.IPv6, "ipv6", cfg.IPv6, "")
	flags.BoolVar(&cfg.MDS, "mds", cfg.MDS, "")
	blueStore := flags.Bool("bluestore", cfg.BlueStore > 0, "")
	wire := flags.String("wire", string(cfg.Wire), "")
	flags.StringVar(&cfg.Dir, "dir", "", "")
	if err := flags.Parse(args); err != nil {
		return ceph.Config{}, nil, usageError{err}
	}
	if cfg.OSDs < 1 || cfg.OSDs > ceph.MaxOSDs {
		return ceph.Config{}, nil, usageError{fmt.Errorf("--osds is %d, but must be 1 to %d", cfg.OSDs, ceph.MaxOSDs)}
	}
	if cfg.Monitors < 1 || cfg.Monitors > ceph.MaxMonitors {
		return ceph.Config{}, nil, usageError{fmt.Errorf("--mons is %d, but must be 1 to %d", cfg.Monitors, ceph.MaxMonitors)}
	}
	cfg.Wire = ceph.Wire(*wire)
	if err := cfg.Check(); err != nil {
		return ceph.Config{}, nil, usageError{err}
	}
	switch {
	case !*blueStore:
		cfg.BlueStore = 0
	case cfg.BlueStore == 0:
		cfg.BlueStore = blueStoreSize
	}
	return cfg, flags.Args(), nil
}

// progress prints each step of a start. Standard output is left to what up
// prints for the shell, and to run's program.
func progress() func(step string) {
	began := time.Now()
	return func(step string) {
		fmt.Fprintf(os.Stderr, "%5.2f s  %s\n", time.Since(began).Seconds(), step)
	}
}
