// Command reach runs the tests of each generated package on a cluster, counts their calls
// of its library, and fails with the names of the functions that the binding uses
// and no test calls successfully. A method may return an error without having
// called the library, so that a test calls the method is not enough.
//
// An older function that replaces a newer one is expected only with a library
// that lacks the newer one.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/go-rados/go-rados/gen/load"
)

// systemHeaders is the folder of the headers of the installed libraries.
const systemHeaders = "/usr/include"

// misuseTest calls every function with invalid arguments. Its calls do not
// count: that they reach the library shows nothing.
const misuseTest = "^TestMisuseOnACluster$"

type options struct {
	race, each bool
	pattern    string
}

func main() {
	var o options
	flag.BoolVar(&o.race, "race", false, "build the tests with -race")
	flag.BoolVar(&o.each, "each", false, "run the tests one by one and print a test for each function")
	flag.StringVar(&o.pattern, "run", ".", "with -each, run only the tests that match `PATTERN`")
	flag.Parse()
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run must be called in the root of the repository.
func run(o options, out io.Writer) error {
	libraries, err := load.All(".")
	if err != nil {
		return err
	}
	for _, l := range libraries {
		if err := measure(l, o, out); err != nil {
			return err
		}
	}
	return nil
}

// measure runs the tests of the package that binds l.
func measure(l *load.Library, o options, out io.Writer) error {
	api, err := load.Header(l.Library).Parse(filepath.Join(systemHeaders, l.Library.Header))
	if err != nil {
		return err
	}
	due := planned(l.Plan).due(api)
	work, err := os.MkdirTemp("", "rados-reach-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	tests, err := build(l.Library, work, api, o.race)
	if err != nil {
		return err
	}
	if o.each {
		return measureEach(tests, due, o.pattern, out)
	}
	counts, err := tests.run("-test.timeout=30m", "-test.skip="+misuseTest)
	if err != nil {
		return err
	}
	if l.Library.Exports != "" { // the package has the test
		if _, err := tests.run("-test.timeout=30m", "-test.run="+misuseTest); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%s: the tests called %d functions of %s successfully\n", l.Library.Folder, succeeded(counts), l.Library.Product)
	return due.checkReached(l.Library.Folder, counts)
}

// succeeded returns the number of functions that were called successfully.
func succeeded(counts map[string]count) (n int) {
	for _, c := range counts {
		if c.Succeeded > 0 {
			n++
		}
	}
	return n
}
