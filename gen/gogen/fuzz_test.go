package gogen_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/cgen"
	"github.com/go-rados/go-rados/gen/docs"
	"github.com/go-rados/go-rados/gen/gogen"
	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/spec"
)

// FuzzSpec decodes and plans any text. Nothing may panic, and what passes all
// checks must be fit to be written: as Go that parses, at least.
func FuzzSpec(f *testing.F) {
	goldens := gentest.WithBase(f)
	union := gentest.Union(f, goldens)
	rest := "functions:\n" // so that an input need not name every function
	for _, fn := range union.Funcs {
		rest += "  " + fn.Name + ": {todo: later}\n"
	}
	others, err := spec.Decode("rest.yaml", []byte(rest))
	require.NoError(f, err)
	for _, g := range goldens {
		f.Add(g.Spec)
	}
	base := goldens[0].Spec
	f.Fuzz(func(t *testing.T, text string) {
		s, err := spec.Decode("spec.yaml", []byte(text))
		if err != nil {
			return
		}
		outermost := func(h *spec.Handle) bool { return h.Parent == "" && h.OpNew == "" }
		if !slices.ContainsFunc(s.Handles, outermost) { // base has what the others belong to
			b, err := spec.Decode("base.yaml", []byte(base))
			require.NoError(t, err)
			gentest.Merge(s, b)
		}
		named := make(map[string]bool)
		for _, fn := range s.Functions {
			named[fn.C] = true
		}
		for _, fn := range others.Functions {
			if !named[fn.C] {
				s.Functions = append(s.Functions, fn)
			}
		}
		p, err := load.Build(s, union)
		if err != nil {
			return
		}
		if _, err := gogen.Render(p); err != nil {
			t.Fatalf("planned but can't be written as Go: %v", err)
		}
		if _, err := cgen.Render(p, filepath.Join(gentest.Root, "templates")); err != nil {
			t.Fatalf("planned but can't be written as C: %v", err)
		}
		if _, err := docs.Render(p, gentest.Root); err != nil {
			t.Fatalf("planned but can't be documented: %v", err)
		}
	})
}
