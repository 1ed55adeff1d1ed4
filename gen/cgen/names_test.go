package cgen_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/release"
)

var (
	identifierRE = regexp.MustCompile(`(->|\.|struct )?[A-Za-z_]\w*`)
	cTextRE      = regexp.MustCompile(`"[^"]*"|/\*.*?\*/|\b\d\w*`)
)

// TestShimNames has no C function use a name that a parameter of the header may have as well:
// all but those of the parameters are reserved. D5.
func TestShimNames(t *testing.T) {
	t.Run("goldens", func(t *testing.T) {
		goldens := gentest.WithBase(t)
		checkShimNames(t, gentest.Plan(t, goldens...), gentest.Union(t, goldens))
	})
	t.Run("librados", func(t *testing.T) {
		checkShimNames(t, gentest.Librados(t), gentest.LibradosUnion(t))
	})
}

func checkShimNames(t *testing.T, p *ir.Plan, u *release.Union) {
	t.Helper()
	code := gentest.Render(t, p)
	for _, m := range p.Methods {
		own := []string{"struct", "librados", m.Shim}
		for _, call := range m.Calls {
			own = append(own, call.As)
		}
		for a := range m.Args() {
			own = append(own, a.Part.CNames...)
		}
		text := cTextRE.ReplaceAllString(code.Shim(t, m.Shim), "")
		for _, word := range identifierRE.FindAllString(text, -1) {
			known := u.Func(word) != nil || u.Typedef(word) != nil || u.Callback(word) != nil || u.Struct(word) != nil || slices.Contains(own, word)
			if !known && !strings.HasPrefix(word, ".") && !strings.HasPrefix(word, "->") && !strings.HasPrefix(word, "struct ") {
				assert.True(t, ctype.IsReserved(word), "%s uses %s, which a parameter may be called, too: reserve it in gen/ctype/name.go", m.Shim, word)
			}
		}
	}
}
