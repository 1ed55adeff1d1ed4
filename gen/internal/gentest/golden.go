// Package gentest has what the tests of the generator's packages share: the goldens, and the
// headers of the recorded releases.
package gentest

import (
	"cmp"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/header"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/spec"
)

var update = flag.Bool("update", false, "write the goldens anew")

// Update reports whether the test is to write what it wants, instead of comparing it.
func Update() bool { return *update }

// Header reads the declarations of librados.
var Header = header.Library{Functions: "rados_", Consts: []string{"LIBRADOS_", "CEPH_OSD_TMAP_"}}

// Goldens is the folder of the goldens.
var Goldens = filepath.Join(Root, "gen/testdata")

// An Input is a folder of testdata: a header of a few lines and a spec, which
// are added to those of the folder base. Where the folder has an older.h, that is
// what an older release declares. Names are unique across the goldens, so that all
// of them build as one package. One that is about a library of its own (library:) stands
// alone: base is not added to it, and it is no part of that package.
type Input struct {
	Name         string
	Header, Spec string
	Older        string
}

// Load loads one of them.
func Load(t testing.TB, name string) Input {
	t.Helper()
	dir := filepath.Join(Goldens, name)
	g := Input{Name: name}
	for file, to := range map[string]*string{"input.h": &g.Header, "spec.yaml": &g.Spec} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		require.NoError(t, err)
		*to = string(text)
	}
	older, err := os.ReadFile(filepath.Join(dir, "older.h"))
	if err != nil {
		require.ErrorIs(t, err, os.ErrNotExist)
		older = []byte(g.Header)
	}
	g.Older = string(older)
	return g
}

// alone reports whether g is about a library of its own.
func (g Input) alone() bool { return g.Name != "base" && strings.HasPrefix(g.Spec, "library:") }

// LoadAll loads all of them but base.
func LoadAll(t testing.TB) []Input {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(Goldens, "*/spec.yaml"))
	require.NoError(t, err)
	var inputs []Input
	for _, path := range paths {
		if name := filepath.Base(filepath.Dir(path)); name != "base" {
			inputs = append(inputs, Load(t, name))
		}
	}
	return inputs
}

// WithBase loads all of them, base first, but those that stand alone.
func WithBase(t testing.TB) []Input {
	t.Helper()
	return append([]Input{Load(t, "base")}, slices.DeleteFunc(LoadAll(t), Input.alone)...)
}

// Headers joins what the inputs have each release declare.
func Headers(inputs []Input) (older, newer string) {
	for _, g := range inputs {
		older += g.Older
		newer += g.Header
	}
	return older, newer
}

// Plan plans the inputs together.
func Plan(t testing.TB, inputs ...Input) *ir.Plan {
	t.Helper()
	p, err := Build(t, inputs...)
	require.NoError(t, err)
	return p
}

// Build joins headers and specs to one plan. It returns the error of [load.Build].
func Build(t testing.TB, inputs ...Input) (*ir.Plan, error) {
	t.Helper()
	if last := len(inputs) - 1; last > 0 && inputs[last].alone() {
		inputs = inputs[last:]
	}
	whole := &spec.Spec{File: "spec.yaml"}
	first := make(map[string]string) // the input that has a function
	for _, g := range inputs {
		s, err := spec.Decode(g.Name+".yaml", []byte(g.Spec))
		require.NoError(t, err)
		for _, f := range s.Functions {
			require.Empty(t, first[f.C], "testdata/%s has a function %s, as testdata/%s does: "+
				"call it something else, since all goldens are built as one package", g.Name, f.C, first[f.C])
			first[f.C] = g.Name
		}
		Merge(whole, s)
	}
	return load.Build(whole, Union(t, inputs))
}

// BuildFunction plans one function, rados_a, that both releases declare, and returns the error.
func BuildFunction(t testing.TB, header, entry string) error {
	t.Helper()
	_, err := Build(t, Load(t, "base"), Input{
		Name: "s", Header: header + "\n", Older: header + "\n",
		Spec: "functions:\n  rados_a: " + entry + "\n",
	})
	return err
}

// Union is what the two releases of the inputs declare together.
func Union(t testing.TB, inputs []Input) *release.Union {
	t.Helper()
	older, newer := Headers(inputs)
	one, err := Header.ParseSource("librados.h", []byte(older))
	require.NoError(t, err)
	other := *one
	if newer != older {
		api, err := Header.ParseSource("librados.h", []byte(newer))
		require.NoError(t, err)
		other = *api
	}
	one.Release, other.Release = "14.2", "16.2"
	return release.Merge([]*model.API{one, &other})
}

// Merge adds what b says to a.
func Merge(a, b *spec.Spec) {
	a.Library = cmp.Or(a.Library, b.Library)
	a.Handles = append(a.Handles, b.Handles...)
	a.Buffers = cmp.Or(a.Buffers, b.Buffers)
	a.Completions = cmp.Or(a.Completions, b.Completions)
	a.Types = append(a.Types, b.Types...)
	a.Results = append(a.Results, b.Results...)
	a.Consts = append(a.Consts, b.Consts...)
	a.Errors = append(a.Errors, b.Errors...)
	if a.BareErrors.Names == nil {
		a.BareErrors = b.BareErrors
	}
	a.Functions = append(a.Functions, b.Functions...)
	a.Accepts = append(a.Accepts, b.Accepts...)
	a.Skips = append(a.Skips, b.Skips...)
	a.Methods = append(a.Methods, b.Methods...)
	a.Iterators = append(a.Iterators, b.Iterators...)
	a.Events = append(a.Events, b.Events...)
	a.Defaults = merged(a.Defaults, b.Defaults)
	a.Blocking = merged(a.Blocking, b.Blocking)
}

func merged[V any](a, b map[string]V) map[string]V {
	all := make(map[string]V, len(a)+len(b))
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

// Compare compares got with the file at path. With -update it writes the file.
func Compare(t testing.TB, path, got string) {
	t.Helper()
	got = strings.TrimRight(got, "\n") + "\n"
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o666))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "go test -update writes it")
	assert.Equal(t, string(want), got)
}
