package cgen_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/ir"
)

func TestGolden(t *testing.T) {
	base := gentest.Load(t, "base")
	known := make(map[string]bool)
	for _, m := range gentest.Plan(t, base).Methods {
		known[m.FullName()] = true
	}
	for _, g := range gentest.LoadAll(t) {
		t.Run(g.Name, func(t *testing.T) {
			p := gentest.Plan(t, base, g)
			code := gentest.Render(t, p)
			var want strings.Builder
			weak(&want, code.Header)
			for _, it := range p.Iterators {
				want.WriteString(code.Shim(t, "gorados_drain_"+it.C))
			}
			for _, e := range p.Events {
				want.WriteString(code.Callback(t, e.Callback.Name))
			}
			for _, m := range p.Methods {
				if !known[m.FullName()] {
					if m.Any(func(p *ir.Part) bool { return slices.Contains(p.Places, "object") }) {
						want.WriteString(code.Shim(t, m.Shim+"_take"))
					}
					want.WriteString(code.Shim(t, m.Shim))
				}
			}
			for _, h := range p.Handles {
				if h.Recorded() {
					want.WriteString(stepsOf(t, code, h))
				}
			}
			gentest.Compare(t, filepath.Join(gentest.Goldens, g.Name, "want.c.txt"), want.String())
		})
	}
}

// stepsOf cuts out of the generated header how the steps of h become a C object.
func stepsOf(t *testing.T, code gentest.Code, h *ir.Handle) string {
	t.Helper()
	_, enum, any := strings.Cut(code.Shims, "/* The steps of a "+h.Go+",")
	if !any {
		return code.Shim(t, "gorados_"+h.C+"_init") + code.Shim(t, "gorados_"+h.C+"_finish")
	}
	_, enum, _ = strings.Cut(enum, "\n")
	enum, _, ok := strings.Cut(enum, "\n};\n")
	require.True(t, ok)
	return enum + "\n};\n\n" + code.Shim(t, "gorados_"+h.C+"_init") + code.Shim(t, "gorados_"+h.C+"_finish")
}

// weak writes the declarations of functions that a library may lack.
func weak(to *strings.Builder, text string) {
	for line := range strings.Lines(text) {
		if strings.HasSuffix(line, "__attribute__((weak));\n") {
			to.WriteString(line)
		}
	}
	if to.Len() > 0 {
		to.WriteByte('\n')
	}
}
