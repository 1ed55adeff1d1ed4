package emit_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/role"
)

var (
	identifierRE = regexp.MustCompile(`(->|\.|struct )?[A-Za-z_]\w*`)
	declaratorRE = regexp.MustCompile(`(\w+)(\[\w+\])?( = .*)?$`)
	cTextRE      = regexp.MustCompile(`"[^"]*"|/\*.*?\*/|\b\d\w*`)
)

// TestShimNames has no shim use a name that a parameter of the header may have as well: all
// but those of the parameters are reserved. D5.
func TestShimNames(t *testing.T) {
	for name, p := range everyPlan(t) {
		shims := emitted(t, p)["zz_librados.h"]
		for _, m := range p.Methods {
			own := []string{"struct", "librados", m.Shim}
			for _, call := range m.Calls {
				own = append(own, call.As)
			}
			for a := range m.Args() {
				f := a.Fragment()
				for _, decl := range slices.Concat(f.Takes, f.Locals) {
					own = append(own, declaratorRE.FindStringSubmatch(decl)[1])
				}
			}
			text := cTextRE.ReplaceAllString(shim(t, shims, m.Shim), "")
			for _, word := range identifierRE.FindAllString(text, -1) {
				known := p.Union.Func(word) != nil || p.Union.Typedef(word) != nil || p.Union.Callback(word) != nil || p.Union.Struct(word) != nil || slices.Contains(own, word)
				if !known && !strings.HasPrefix(word, ".") && !strings.HasPrefix(word, "->") && !strings.HasPrefix(word, "struct ") {
					assert.True(t, role.ReservedInC(word), "%s: %s uses %s, which a parameter may be called, too: reserve it in gen/role/cname.go", name, m.Shim, word)
				}
			}
		}
	}
}

// TestBodyNames has no method use a name that a parameter may have as well: D5.
func TestBodyNames(t *testing.T) {
	for name, p := range everyPlan(t) {
		file := parseGo(t, emitted(t, p)["zz_generated.go"])
		level := []string{} // what the file declares is in the checks' list if a method uses it
		for _, ty := range p.Spec.Types {
			level = append(level, ty.Go)
		}
		for _, e := range p.Spec.Errors {
			level = append(level, e.Go)
		}
		for _, g := range p.Spec.Consts {
			for _, c := range g.Consts {
				level = append(level, c.Go)
			}
		}
		for _, m := range p.Methods {
			taken := slices.Concat(m.Taken(), m.Named, level)
			for _, param := range m.Params() {
				taken = append(taken, param.Name)
			}
			for a := range m.Args() {
				taken = append(taken, a.Locals()...)
				for _, r := range a.Fragment().Results {
					taken = append(taken, r.Name)
				}
			}
			for _, h := range p.Handles {
				taken = append(taken, "new"+strings.ToUpper(h.Go[:1])+h.Go[1:])
			}
			for _, word := range usedIn(t, file, m) {
				assert.True(t, slices.Contains(taken, word), "%s: %s uses %s, which a parameter may be called, too: add it to bodyNames or engineNames", name, m.FullName(), word)
			}
		}
	}
}

// usedIn lists the names that the bodies of m's forms use, but those behind a dot.
func usedIn(t *testing.T, file *goFile, m *plan.Method) (words names) {
	t.Helper()
	for _, decl := range file.decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if name, _ := declared(decl); !slices.Contains(formsOf(m), name) {
			continue
		}
		ast.Walk(&words, f.Body)
	}
	return words
}

// names collects identifiers, but neither those behind a dot nor the keys of structs.
type names []string

func (list *names) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		ast.Walk(list, n.X)
		return nil
	case *ast.KeyValueExpr:
		ast.Walk(list, n.Value)
		return nil
	case *ast.Ident:
		*list = append(*list, n.Name)
	}
	return list
}

// everyPlan is that of all goldens, and that of librados.
func everyPlan(t *testing.T) map[string]*plan.Plan {
	t.Helper()
	return map[string]*plan.Plan{"goldens": gentest.Plan(t, gentest.WithBase(t)...), "librados": gentest.Librados(t)}
}

// TestDeclaredNames has no function, type or method of the spec called as something else that
// is generated: D5.
func TestDeclaredNames(t *testing.T) {
	for name, p := range everyPlan(t) {
		theirs := make(map[string]bool)
		for _, m := range p.Methods {
			theirs[m.FullName()] = true
		}
		for _, ty := range p.Spec.Types {
			theirs[ty.Go] = true
		}
		for _, h := range p.Handles {
			theirs[h.Go] = true
			if h.Accessor != nil {
				theirs[h.Go+"."+h.Accessor.Name] = true
			}
		}
		for _, g := range p.Spec.Consts {
			for _, c := range g.Consts {
				theirs[c.Go] = true
			}
		}
		for _, e := range p.Spec.Errors {
			theirs[e.Go] = true
		}
		for _, decl := range parseGo(t, emitted(t, p)["zz_generated.go"]).decls {
			for _, full := range declares(decl) {
				if theirs[full] || full == "_" || strings.HasPrefix(full, "radosError.") || strings.HasPrefix(full, "stateError.") || isForm(p, full) {
					continue
				}
				assert.True(t, plan.IsTaken(p, full), "%s: the generated file declares %s: add it to memberNames or packageNames", name, full)
			}
		}
	}
}

// declares lists what decl declares; a method or field is called TYPE.NAME.
func declares(decl ast.Decl) []string {
	g, ok := decl.(*ast.GenDecl)
	if !ok {
		name, _ := declared(decl)
		return []string{name}
	}
	var list []string
	for _, s := range g.Specs {
		switch s := s.(type) {
		case *ast.ValueSpec:
			for _, name := range s.Names {
				list = append(list, name.Name)
			}
		case *ast.TypeSpec:
			list = append(list, s.Name.Name)
		}
	}
	return list
}

// isForm reports whether that is another form of a method.
func isForm(p *plan.Plan, full string) bool {
	return slices.ContainsFunc(p.Methods, func(m *plan.Method) bool { return slices.Contains(formsOf(m), full) })
}

// formsOf lists all that is generated for m, with the names of their types.
func formsOf(m *plan.Method) []string {
	if m.Recv == nil {
		return []string{m.Name}
	}
	list := []string{m.FullName(), m.FullName() + "Context"}
	for _, name := range m.Forms() {
		list = append(list, m.Recv.Go+"."+name)
	}
	return list
}
