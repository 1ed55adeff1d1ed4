// Command gen makes the cgo layer of package rados from librados.h and
// spec/bindings.yaml. Run it in the module's root: go run ./gen help.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// command is one subcommand.
type command struct {
	name, args, short, long string
	run                     func(args []string, out io.Writer) error
}

func commands() []command {
	return []command{
		{"generate", "[--header FILE]", "write all generated files", generateHelp, runGenerate},
		{"check", "[--header FILE]", "fail if a generated file is not up to date", checkHelp, runCheck},
		{"snapshot", "--release R HEADER", "record what a release's header declares", snapshotHelp, runSnapshot},
		{"diff", "[--markdown] A B", "show what release B changed since A", diffHelp, runDiff},
		{"explain", "FUNCTION...", "show what becomes of a C function, and why", explainHelp, runExplain},
		{"coverage", "", "count what is bound, release by release", coverageHelp, runCoverage},
	}
}

func main() {
	err := run(os.Args[1:], os.Stdout)
	var usage usageError
	switch {
	case err == nil:
	case errors.As(err, &usage):
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// usageError is a mistake in the command line.
type usageError string

func (e usageError) Error() string { return string(e) }

func run(args []string, out io.Writer) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		return help(args, out)
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(args[1:], out)
		}
	}
	return usageError(fmt.Sprintf("there is no command %q; see go run ./gen help", args[0]))
}

func help(args []string, out io.Writer) error {
	if len(args) < 2 {
		fmt.Fprint(out, "gen makes the cgo layer of package rados from librados.h and spec/bindings.yaml.\n\n")
		for _, c := range commands() {
			fmt.Fprintf(out, "  %-30s %s\n", c.name+" "+c.args, c.short)
		}
		fmt.Fprint(out, "  help COMMAND                   more about one of them\n")
		return nil
	}
	for _, c := range commands() {
		if c.name == args[1] {
			_, err := fmt.Fprintf(out, "go run ./gen %s %s\n\n%s\n", c.name, c.args, c.long)
			return err
		}
	}
	return usageError(fmt.Sprintf("there is no command %q", args[1]))
}

// parse reads the flags of a command, which f has declared.
func parse(f *flag.FlagSet, args []string, positional int) error {
	f.SetOutput(io.Discard)
	if err := f.Parse(args); err != nil {
		return usageError(fmt.Sprintf("%s: %v; see go run ./gen help %s", f.Name(), err, f.Name()))
	}
	if positional >= 0 && f.NArg() != positional {
		return usageError(fmt.Sprintf("%s takes %d arguments, not %d; see go run ./gen help %s", f.Name(), positional, f.NArg(), f.Name()))
	}
	return nil
}
