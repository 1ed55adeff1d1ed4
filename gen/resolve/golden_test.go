package resolve_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/ir"
)

// TestGolden compares what the plan of each golden has in addition to that of the golden base.
func TestGolden(t *testing.T) {
	base := gentest.Load(t, "base")
	for _, g := range gentest.LoadAll(t) {
		t.Run(g.Name, func(t *testing.T) {
			p := gentest.Plan(t, base, g)
			own := new(ir.Plan)
			for _, m := range p.Methods {
				if m.Pos.File == g.Name+".yaml" {
					own.Methods = append(own.Methods, m)
				}
			}
			for _, it := range p.Iterators {
				if it.Pos.File == g.Name+".yaml" {
					own.Iterators = append(own.Iterators, it)
				}
			}
			for _, e := range p.Events {
				if e.Pos.File == g.Name+".yaml" {
					own.Events = append(own.Events, e)
				}
			}
			for _, h := range p.Handles {
				if h.Pos.File == g.Name+".yaml" {
					own.Handles = append(own.Handles, h)
				}
			}
			for _, r := range p.StepResults {
				if r.Pos.File == g.Name+".yaml" {
					own.StepResults = append(own.StepResults, r)
				}
			}
			for _, f := range p.Functions {
				if f.Spec.Pos.File == g.Name+".yaml" {
					own.Functions = append(own.Functions, f)
				}
			}
			var got strings.Builder
			require.NoError(t, ir.WriteJSON(&got, ir.TreeOf(own)))
			gentest.Compare(t, filepath.Join(gentest.Goldens, g.Name, "want.ir.json"), got.String())
		})
	}
}
