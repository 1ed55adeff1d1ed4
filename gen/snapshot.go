package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/output"
	"github.com/go-rados/go-rados/gen/release"
)

const snapshotHelp = `Reads HEADER and writes R.txt in the folder api of the spec whose library has a header of
that name, or else of the first: what release R of Ceph declares. Then generate names
every function that the spec does not mention yet. What the generator cannot bind is
recorded as unsupported, and printed; what is no part of the API, as left out.
--stanzas appends entries to the spec where the header leaves no question, for review,
and prints the questions about each other function, all at once.`

func runSnapshot(args []string, out io.Writer) error {
	f := flag.NewFlagSet("snapshot", flag.ContinueOnError)
	name := f.String("release", "", "")
	wanted := f.Bool("stanzas", false, "")
	if err := parse(f, args, 1); err != nil {
		return err
	}
	if *name == "" {
		return usageError("snapshot needs --release; see go run ./gen help snapshot")
	}
	specs, err := load.Specs(".")
	if err != nil {
		return err
	}
	in := libraryOf(f.Arg(0), specs, func(in *load.Input) *load.Input { return in })
	api, err := load.Header(in.Spec.Library).Parse(f.Arg(0))
	if err != nil {
		return err
	}
	api.Release = *name
	var b bytes.Buffer
	if err := release.Write(&b, api); err != nil {
		return err
	}
	path := filepath.Join(in.SnapshotDir(), *name+".txt")
	changed, err := output.Write(".", []output.File{{Path: path, Data: b.Bytes()}})
	if err != nil {
		return err
	}
	what := "unchanged"
	if len(changed) > 0 {
		what = "written"
	}
	fmt.Fprintf(out, "%s: %s, %d functions\n", path, what, len(api.Funcs))
	for _, o := range api.Unsupported {
		fmt.Fprintf(out, "%v: unsupported: %s: %s\n", o.Pos, o.Name, o.Reason)
	}
	if *wanted {
		return addStanzas(in.Folder, out)
	}
	return nil
}

// noSnapshotError is the error of a snapshot of that path that does not exist.
type noSnapshotError string

func (e noSnapshotError) Error() string {
	release := strings.TrimSuffix(filepath.Base(string(e)), ".txt")
	return "no snapshot " + string(e) + "; record it with go run ./gen snapshot --release " + release + " HEADER"
}

func (noSnapshotError) Is(err error) bool { return err == os.ErrNotExist }

// snapshot finds a snapshot of a spec by its release or its path.
func snapshot(in *load.Input, name string) (*model.API, error) {
	path := filepath.Join(in.SnapshotDir(), name+".txt")
	if strings.HasSuffix(name, ".txt") {
		path = name
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, noSnapshotError(path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return release.Read(path, f)
}
