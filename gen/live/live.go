// Package live measures which functions of librados the tests on a cluster reach. What
// is measured are the calls themselves: that a method was called says little, since
// what is closed or wrongly named is refused before the library hears of it.
package live

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/go-rados/go-rados/gen/model"
)

// variable names the file in which the calls are counted.
const variable = "RADOS_TEST_CALLS"

// clusterVariable is by what package radostest knows of a cluster that is there already.
const clusterVariable = "RADOS_TEST_CONF"

//go:embed calls.c.tmpl
var source string

// Tests are the tests of a package, built so that their calls are counted.
type Tests struct {
	dir     string // of the package
	work    string // for the files of the measurement
	release []*model.Func
}

// Build builds the tests of the package in dir. api is what the installed header
// declares. Files go to the folder work.
func Build(dir, work string, api *model.API) (*Tests, error) {
	t := &Tests{dir: dir, work: work, release: api.Funcs}
	var text bytes.Buffer
	if err := t.render(&text); err != nil {
		return nil, err
	}
	path := filepath.Join(work, "calls.c")
	if err := os.WriteFile(path, text.Bytes(), 0o666); err != nil {
		return nil, err
	}
	object := filepath.Join(work, "calls.o")
	if err := output(exec.Command("cc", "-O2", "-fPIC", "-w", "-c", "-o", object, path)); err != nil {
		return nil, err
	}
	build := exec.Command("go", "test", "-c", "-vet=off", "-o", t.binary(), "-ldflags=-extldflags="+object, ".")
	build.Dir = dir
	build.Env = without("GOGC") // which is for the tests
	return t, output(build)
}

// without is the environment but for one variable.
func without(name string) []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, name+"=") })
}

func (t *Tests) binary() string { return filepath.Join(t.work, "tests") }

func (t *Tests) render(to *bytes.Buffer) error {
	funcs := make([]*model.Func, len(t.release))
	for i, f := range t.release {
		funcs[i] = numbered(f)
	}
	parsed, err := template.New("calls.c").Funcs(template.FuncMap{"args": args}).Parse(source)
	if err != nil {
		return err
	}
	return parsed.Execute(to, map[string]any{"Variable": variable, "Funcs": funcs})
}

// numbered is f with names of its parameters that nothing else has.
func numbered(f *model.Func) *model.Func {
	n := *f
	n.Params = slices.Clone(f.Params)
	for i := range n.Params {
		n.Params[i].Name = fmt.Sprint("p", i)
	}
	return &n
}

func args(f *model.Func) string {
	var names []string
	for _, p := range f.Params {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// output runs a command, and shows what it said if it fails.
func output(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}

// List lists the tests and examples that a pattern fits.
func (t *Tests) List(pattern string) ([]string, error) {
	_, said, err := t.run(os.Environ(), "-test.list="+pattern)
	names := strings.Fields(said)
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, "Benchmark") }), err
}

// Count is how often a function was called, and how often it did what it was to do.
type Count struct{ Called, Succeeded uint64 }

// Alone runs one test and returns what it called. Where there is a cluster for all of
// them, a test that needs one of its own, or can't share it, gets that.
func (t *Tests) Alone(test string) (map[string]Count, error) {
	args := []string{"-test.run=^" + test + "$", "-test.v", "-test.timeout=10m"}
	counts, out, err := t.run(os.Environ(), args...)
	if shared := os.Getenv(clusterVariable); shared != "" && (err != nil || strings.Contains(out, "--- SKIP: ")) {
		counts, _, err = t.run(without(clusterVariable), args...)
	}
	return counts, err
}

// Run runs tests, as the arguments for the binary say, and returns what they called.
func (t *Tests) Run(args ...string) (map[string]Count, error) {
	counts, _, err := t.run(os.Environ(), args...)
	return counts, err
}

func (t *Tests) run(env []string, args ...string) (called map[string]Count, said string, err error) {
	counts, err := t.counts()
	if err != nil {
		return nil, "", err
	}
	cmd := exec.Command(t.binary(), args...)
	cmd.Dir, cmd.Env = t.dir, append(env, variable+"="+counts)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return nil, out.String(), fmt.Errorf("%w\n%s", err, out.Bytes())
	}
	data, err := os.ReadFile(counts)
	if err != nil {
		return nil, "", err
	}
	all := make([]Count, len(t.release))
	if err := binary.Read(bytes.NewReader(data), binary.NativeEndian, all); err != nil {
		return nil, "", err
	}
	called = make(map[string]Count)
	for i, c := range all {
		called[t.release[i].Name] = c
	}
	return called, out.String(), nil
}

// counts makes a file in which nothing is counted yet.
func (t *Tests) counts() (string, error) {
	path := filepath.Join(t.work, "counts")
	return path, errors.Join(os.RemoveAll(path), os.WriteFile(path, make([]byte, binary.Size(Count{})*len(t.release)), 0o666))
}
