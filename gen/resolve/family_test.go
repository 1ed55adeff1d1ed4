package resolve_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/header"
	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/resolve"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// family has other libraries of Ceph, none of which is bound, and how many functions their headers
// declare in Ceph 16.2.
var family = map[string]struct {
	header.Library
	path      string
	functions int
}{
	"librbd":    {header.Library{Functions: "rbd_", Consts: []string{"RBD_", "LIBRBD_"}, Includes: []string{"rados"}}, "/usr/include/rbd/librbd.h", 280},
	"libcephfs": {header.Library{Functions: "ceph_", Consts: []string{"CEPH_", "LIBCEPHFS_"}}, "/usr/include/cephfs/libcephfs.h", 204},
}

// TestFamily counts the functions of other libraries that can be bound: by inference alone, by
// an entry in a draft of a spec, or not at all. A function has an entry in the draft only if it needs one.
func TestFamily(t *testing.T) {
	for name, lib := range family {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat(lib.path); err != nil {
				t.Skipf("needs the header of %s; scripts/setup.sh installs it", name)
			}
			api, err := lib.Parse(lib.path)
			require.NoError(t, err)
			require.Empty(t, api.Unsupported)
			require.Len(t, api.Funcs, lib.functions, "the numbers are those of Ceph 16.2")
			text, err := os.ReadFile(filepath.Join("testdata/family", name+".yaml"))
			require.NoError(t, err)
			f := &draft{t: t, api: api, text: text}
			f.api.Release = "16.2"
			gentest.Compare(t, filepath.Join("testdata/family/want-"+name+".txt"), f.table())
		})
	}
}

// draft is the draft of a spec for the header of a library.
type draft struct {
	t    *testing.T
	api  *model.API
	text []byte
}

// spec decodes the draft anew, since a plan of it may change it.
func (d *draft) spec() *spec.Spec {
	s, err := spec.Decode("draft.yaml", d.text)
	require.NoError(d.t, err)
	return s
}

// The classes of functions, as the table has them.
const (
	inferred = "inferred"
	entry    = "entry"
	part     = "part of others"
	notAtAll = "not at all"
)

// table returns the class of each function with its roles, or the reason why it has none.
func (d *draft) table() string {
	var lines []string
	counts := make(map[string]int)
	roles := make(map[string]int)
	for _, f := range d.api.Funcs {
		class, text := d.classify(f, roles)
		counts[class]++
		lines = append(lines, fmt.Sprintf("%s\n\t%s: %s", f.Prototype(), class, text))
	}
	var head strings.Builder
	for _, class := range []string{inferred, entry, part, notAtAll} {
		fmt.Fprintf(&head, "%4d %s\n", counts[class], class)
	}
	head.WriteString("\nParameters and return values by role:\n\n")
	for _, name := range slices.Sorted(maps.Keys(roles)) {
		fmt.Fprintf(&head, "%4d %s\n", roles[name], name)
	}
	return head.String() + "\n" + strings.Join(lines, "\n") + "\n"
}

func (d *draft) classify(f *model.Func, roles map[string]int) (class, text string) {
	s := d.spec()
	// A function that blocks is counted, too, though the entry of its asynchronous form names it.
	blocks := slices.ContainsFunc(d.api.Funcs, func(other *model.Func) bool {
		return other.Name != f.Name && strings.Replace(other.Name, s.Completions.Infix, "", 1) == f.Name
	})
	if _, ok := resolve.Mentioned(s)[f.Name]; ok && !blocks {
		return part, "the draft names it"
	}
	i := slices.IndexFunc(s.Functions, func(e *spec.Function) bool { return e.C == f.Name })
	if i >= 0 && s.Functions[i].Disposition == spec.Skip {
		return part, s.Functions[i].Target
	}
	bare, bareErr := d.plan(f, nil)
	if i < 0 {
		if bareErr != nil {
			return notAtAll, reason(bareErr)
		}
		return inferred, describe(bare, roles)
	}
	whole, err := d.plan(f, s.Functions[i])
	if err != nil {
		return notAtAll, reason(err)
	}
	text = describe(whole, roles)
	if bareErr == nil {
		guessed := describe(bare, map[string]int{})
		assert.NotEqual(d.t, text, guessed, "the entry of %s says nothing that is not inferred", f.Name)
		params := func(text string) string { return text[:strings.LastIndex(text, ";")] }
		assert.Equal(d.t, params(text), params(guessed), "%s: the roles of parameters that are inferred without an entry are wrong", f.Name)
	}
	return entry, text
}

// plan plans f with an entry, or with one that says nothing but the Go name.
func (d *draft) plan(f *model.Func, e *spec.Function) (*ir.Method, error) {
	s := d.spec()
	if e == nil {
		e = &spec.Function{C: f.Name, Disposition: spec.Private, Target: d.receiver(s, f) + "call"}
		e.Waits = spec.WaitsNothing
	}
	s.Functions = []*spec.Function{e}
	for _, other := range d.api.Funcs {
		if other.Name != f.Name {
			s.Functions = append(s.Functions, &spec.Function{C: other.Name, Disposition: spec.Todo})
		}
	}
	p, diags := resolve.Plan(s, release.Merge([]*model.API{d.api}), role.Vocabulary{})
	err := diags.Err()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(p.Methods, func(m *ir.Method) bool {
		return slices.ContainsFunc(m.Calls, func(c *ir.Call) bool { return c.Function.Name == f.Name })
	})
	require.GreaterOrEqual(d.t, i, 0, f.Name)
	for a := range p.Methods[i].Args() { // package check refuses these, among much that a draft lacks
		if a.Async && (a.Part.Retried || len(a.Part.Results) > 0 && !a.Part.Stored) {
			return nil, fmt.Errorf("- %s: the role %s of %s can't be had in a function that takes a completion", f.Name, a.Role, a.Param.Name)
		}
	}
	return p.Methods[i], nil
}

// receiver returns the beginning of the Go name of a method of the handle that comes first in f, or "".
func (d *draft) receiver(s *spec.Spec, f *model.Func) string {
	for _, p := range f.Params {
		for _, h := range s.Handles {
			if strings.TrimSpace(p.Type.String()) == h.C {
				return h.Go + "."
			}
		}
	}
	return ""
}

// reason returns the messages of err without hints.
func reason(err error) string {
	var list []string
	for line := range strings.Lines(err.Error()) {
		if !strings.HasPrefix(line, "  ") {
			_, message, _ := strings.Cut(strings.TrimSpace(line), " ") // after the position
			list = append(list, message)
		}
	}
	return strings.Join(list, "; ")
}

// describe lists the roles of m, and counts them.
func describe(m *ir.Method, roles map[string]int) string {
	var list []string
	for _, c := range m.Calls {
		for _, a := range c.Args {
			roles[a.Role]++
			list = append(list, a.Param.Name+" "+a.Role)
		}
		roles["returns "+c.Ret.Name]++
		list = append(list, "; returns "+c.Ret.Name)
	}
	return strings.ReplaceAll(strings.Join(list, ", "), ", ;", ";")
}
