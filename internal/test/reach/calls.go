package main

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
	"github.com/go-rados/go-rados/gen/spec"
)

// countsVariable names the file in which the calls are counted.
const countsVariable = "RADOS_TEST_CALLS"

// clusterVariable names the configuration of a running cluster, for radostest.
const clusterVariable = "RADOS_TEST_CONF"

//go:embed calls.c.tmpl
var callsTemplate string

// tests is a test binary in which each call of librados is counted.
type tests struct {
	dir    string // of the package
	work   string // for the files of the measurement
	header string // that declares the functions
	funcs  []*model.Func
}

// count is the number of calls of a function and of those that succeeded.
type count struct{ Called, Succeeded uint64 }

// build builds the tests of the package of l, with the functions of api counted. It writes its
// files to the folder work.
func build(l *spec.Library, work string, api *model.API, race bool) (*tests, error) {
	t := &tests{dir: l.Folder, work: work, header: l.Header, funcs: api.Funcs}
	text, err := t.render()
	if err != nil {
		return nil, err
	}
	source, object := filepath.Join(work, "calls.c"), filepath.Join(work, "calls.o")
	if err := os.WriteFile(source, text, 0o666); err != nil {
		return nil, err
	}
	if err := output(exec.Command("cc", "-O2", "-fPIC", "-w", "-c", "-o", object, source)); err != nil {
		return nil, err
	}
	build := exec.Command("go", "test", "-c", "-vet=off", fmt.Sprintf("-race=%t", race), "-o", t.binary(), "-ldflags=-extldflags="+object, ".")
	build.Dir = t.dir
	build.Env = without("GOGC") // GOGC is meant for the tests, not for the compiler
	return t, output(build)
}

// without returns the environment without one variable.
func without(name string) []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, name+"=") })
}

func (t *tests) binary() string { return filepath.Join(t.work, "tests") }

// render returns the C source of the counting functions.
func (t *tests) render() ([]byte, error) {
	funcs := make([]*model.Func, len(t.funcs))
	for i, f := range t.funcs {
		funcs[i] = numbered(f)
	}
	parsed, err := template.New("calls.c").Funcs(template.FuncMap{"args": args}).Parse(callsTemplate)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = parsed.Execute(&text, map[string]any{"Header": t.header, "Variable": countsVariable, "Funcs": funcs})
	return text.Bytes(), err
}

// numbered returns a copy of f with parameter names that clash with no other name.
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

// output runs a command and returns its output in the error if it fails.
func output(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}

// list returns the tests and examples that match a pattern.
func (t *tests) list(pattern string) ([]string, error) {
	_, text, err := t.execute(os.Environ(), "-test.list="+pattern)
	return slices.DeleteFunc(strings.Fields(text), func(name string) bool { return strings.HasPrefix(name, "Benchmark") }), err
}

// runOne runs one test and returns its calls. A test that is skipped or fails
// on a shared cluster runs again with a cluster of its own.
func (t *tests) runOne(test string) (map[string]count, error) {
	args := []string{"-test.run=^" + test + "$", "-test.v", "-test.timeout=10m"}
	counts, text, err := t.execute(os.Environ(), args...)
	if shared := os.Getenv(clusterVariable); shared != "" && (err != nil || strings.Contains(text, "--- SKIP: ")) {
		counts, _, err = t.execute(without(clusterVariable), args...)
	}
	return counts, err
}

// run runs the test binary with the given arguments and returns its calls.
func (t *tests) run(args ...string) (map[string]count, error) {
	counts, _, err := t.execute(os.Environ(), args...)
	return counts, err
}

func (t *tests) execute(env []string, args ...string) (called map[string]count, text string, err error) {
	path, err := t.emptyCounts()
	if err != nil {
		return nil, "", err
	}
	cmd := exec.Command(t.binary(), args...)
	cmd.Dir, cmd.Env = t.dir, append(env, countsVariable+"="+path)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return nil, out.String(), fmt.Errorf("%w\n%s", err, out.Bytes())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	all := make([]count, len(t.funcs))
	if err := binary.Read(bytes.NewReader(data), binary.NativeEndian, all); err != nil {
		return nil, "", err
	}
	called = make(map[string]count)
	for i, c := range all {
		called[t.funcs[i].Name] = c
	}
	return called, out.String(), nil
}

// emptyCounts writes a file with a zero count for each function.
func (t *tests) emptyCounts() (string, error) {
	path := filepath.Join(t.work, "counts")
	return path, errors.Join(os.RemoveAll(path), os.WriteFile(path, make([]byte, binary.Size(count{})*len(t.funcs)), 0o666))
}
