// Adopt makes a program that uses go-ceph use this module's package rados instead, with go-ceph's
// other packages (rbd, cephfs, the admin packages) and without a change of the program's source:
//
//	go run github.com/go-rados/go-rados/cmd/adopt@latest
//	go mod tidy
//
// It runs in the program's module. It copies the version of go-ceph that go.mod requires from the
// module cache to a folder, replaces the package rados of the copy, and rados/striper if this module
// has it, by aliases, constants and variables for those of this module, and adds a replace for the
// folder to go.mod. The program and go-ceph's other packages then share this module's types.
//
//	-o DIR                  the folder for the copy (go-ceph-on-go-rados)
//	-rados DIR or VERSION   where this module comes from (the version of this command)
//	-n                      only print what would be done
//	-undo                   remove the folder, and what was added to go.mod
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
)

const (
	cephModule  = "github.com/ceph/go-ceph"
	radosModule = "github.com/go-rados/go-rados"
)

// packages are the folders of the packages that are replaced, in both modules. A package that this
// module lacks stays that of go-ceph.
var packages = []string{"rados", "rados/striper"}

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	if errors.As(err, new(usageError)) { // the flag package has printed it
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "adopt:", err)
		os.Exit(1)
	}
}

// usageError is an error in the flags.
type usageError struct{ error }

// options are the command line.
type options struct {
	out   string
	rados string
	undo  bool
	print bool
}

func run(args []string, stdout, stderr io.Writer) error {
	var opts options
	flags := flag.NewFlagSet("adopt", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&opts.out, "o", defaultFolder, "copy go-ceph to the folder `dir`")
	flags.StringVar(&opts.rados, "rados", "", "use "+radosModule+" of this `dir or version` (default the version of this command)")
	flags.BoolVar(&opts.undo, "undo", false, "remove the folder, and what was added to go.mod")
	flags.BoolVar(&opts.print, "n", false, "only print what would be done")
	if err := flags.Parse(args); err != nil {
		return usageError{err}
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	program, err := findProgram()
	if err != nil {
		return err
	}
	if opts.undo {
		return undo(program, opts, stdout)
	}
	return adopt(program, opts, stdout)
}

func adopt(program *program, opts options, stdout io.Writer) error {
	version, err := program.adoptable(opts.out)
	if err != nil {
		return err
	}
	folder, err := newFolder(program, opts.out)
	if err != nil {
		return err
	}
	ours, err := findRados(opts.rados)
	if err != nil {
		return err
	}
	if err := program.accepts(ours); err != nil {
		return err
	}
	theirs, err := download(cephModule, version)
	if err != nil {
		return err
	}
	overlay, err := newOverlay(theirs.Dir, ours)
	if err != nil {
		return err
	}
	for _, warning := range overlay.warnings {
		fmt.Fprintln(stdout, "warning:", warning)
	}
	changes := program.changes(folder, ours)
	describe(stdout, opts, version, ours, overlay, changes)
	if !opts.print {
		if err := overlay.write(folder); err != nil {
			return errors.Join(err, os.RemoveAll(folder.path))
		}
		if err := program.apply(folder, changes, version); err != nil {
			return errors.Join(err, os.RemoveAll(folder.path))
		}
	}
	fmt.Fprintf(stdout, "\nNext:\n\tgo mod tidy\n")
	if program.vendors() {
		fmt.Fprintf(stdout, "\tgo mod vendor\n")
	}
	fmt.Fprintf(stdout, "\nTo go back: adopt -undo, then go mod tidy\n")
	return nil
}

func describe(w io.Writer, opts options, version string, ours *rados, o *overlay, c changes) {
	verb := "copied"
	if opts.print {
		verb = "would copy"
	}
	fmt.Fprintf(w, "%s %s %s to %s\n", verb, cephModule, version, opts.out)
	for _, p := range o.replaced {
		fmt.Fprintf(w, "  package %s: %d names of %s %s\n", p.dir, p.names, radosModule, ours.source())
	}
	for _, dir := range o.kept {
		fmt.Fprintf(w, "  package %s: unchanged, since %s lacks it\n", dir, radosModule)
	}
	fmt.Fprintf(w, "go.mod:\n")
	for _, replace := range c.Replaced {
		fmt.Fprintf(w, "  replace %s\n", replace)
	}
}

// rados is this module's source code.
type rados struct {
	dir     string // its folder
	given   string // the folder as -rados names it
	version string // its version, or "" if it is a folder
	goLine  string // the go line of its go.mod
}

func (r *rados) source() string {
	if r.version == "" {
		return r.dir
	}
	return r.version
}

// findRados returns the module that -rados names: a folder or a version.
func findRados(where string) (*rados, error) {
	if where == "" {
		if where = ownVersion(); where == "" {
			return nil, errors.New("this adopt was not built from a released version: say with -rados which folder or version of " +
				radosModule + " to use")
		}
	}
	if info, err := os.Stat(where); err == nil && info.IsDir() {
		return radosFolder(where)
	}
	if filepath.IsAbs(where) || where[0] == '.' {
		return nil, fmt.Errorf("-rados %s: there is no such folder", where)
	}
	m, err := download(radosModule, where)
	if err != nil {
		return nil, err
	}
	mod, err := readMod(m.Dir)
	if err != nil {
		return nil, err
	}
	return &rados{dir: m.Dir, version: m.Version, goLine: mod.Go}, nil
}

func radosFolder(given string) (*rados, error) {
	dir, err := filepath.Abs(given)
	if err != nil {
		return nil, err
	}
	mod, err := readMod(dir)
	if err != nil {
		return nil, fmt.Errorf("-rados %s: %w", dir, err)
	}
	if mod.Module.Path != radosModule {
		return nil, fmt.Errorf("-rados %s: the folder has the module %s, not %s", dir, mod.Module.Path, radosModule)
	}
	return &rados{dir: dir, given: given, goLine: mod.Go}, nil
}

// ownVersion returns the version that this command is part of, or "" if it is not a released one.
func ownVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Path != radosModule || info.Main.Sum == "" { // no sum: not from the module cache
		return ""
	}
	return info.Main.Version
}
