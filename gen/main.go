// Command gen makes the cgo layers of Go packages from the C headers and the specs
// in the folder spec. Run it in the module's root: go run ./gen help.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
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
		{"snapshot", "--release R [--stanzas] HEADER", "record what a release's header declares", snapshotHelp, runSnapshot},
		{"diff", "[--markdown] A B", "show what release B changed since A", diffHelp, runDiff},
		{"plan", "[--json] [NAME]", "print every decision of the generator", planHelp, runPlan},
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
	c, err := find(args[0])
	if err != nil {
		return err
	}
	if err = c.run(args[1:], out); errors.Is(err, flag.ErrHelp) {
		return help([]string{"help", c.name}, out)
	}
	return err
}

func find(name string) (command, error) {
	var names []string
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	hint := cmp.Or(diag.DidYouMean(name, names), "see go run ./gen help")
	return command{}, usageError(fmt.Sprintf("there is no command %q; %s", name, hint))
}

func help(args []string, out io.Writer) error {
	if len(args) < 2 {
		fmt.Fprint(out, "gen makes the cgo layers of Go packages from C headers and the specs in the folder spec.\n\n")
		for _, c := range commands() {
			fmt.Fprintf(out, "  %-30s %s\n", c.name+" "+c.args, c.short)
		}
		fmt.Fprint(out, "  help COMMAND                   more about one of them\n")
		return nil
	}
	c, err := find(args[1])
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "go run ./gen %s\n\n%s\n", strings.TrimSpace(c.name+" "+c.args), c.long)
	return err
}

// parse reads the flags of a command, which f has declared, and makes sure of the number of the other
// arguments, before or after them; -1 allows for any number.
func parse(f *flag.FlagSet, args []string, positional int) error {
	f.SetOutput(io.Discard)
	complain := func(format string, args ...any) error {
		return usageError(f.Name() + fmt.Sprintf(format, args...) + "; see go run ./gen help " + f.Name())
	}
	var others []string
	err := f.Parse(args)
	for err == nil && f.NArg() > 0 {
		others = append(others, f.Arg(0))
		err = f.Parse(f.Args()[1:])
	}
	if err == nil {
		err = f.Parse(append([]string{"--"}, others...))
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return complain(": %v", err)
	case positional < 0 || f.NArg() == positional:
		return nil
	case positional == 0:
		return complain(" takes no arguments, not %s", strings.Join(f.Args(), " "))
	case positional == 1:
		return complain(" takes 1 argument, not %d", f.NArg())
	}
	return complain(" takes %d arguments, not %d", positional, f.NArg())
}
