package gogen_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/ir"
)

// TestBodyNames has no method use a name that a parameter may have as well: D5.
func TestBodyNames(t *testing.T) {
	for name, p := range gentest.EveryPlan(t) {
		file := parseGo(t, gentest.Render(t, p).Go)
		level := []string{} // what the file declares is in the checks' list if a method uses it
		for _, ty := range p.Types {
			level = append(level, ty.Go)
		}
		for _, e := range p.Errors {
			level = append(level, e.Go)
		}
		for _, g := range p.Consts {
			for _, c := range g.Consts {
				level = append(level, c.Go)
			}
		}
		for _, m := range p.Methods {
			taken := slices.Concat(check.Taken(m), m.ResultNames, level)
			for _, param := range m.Params {
				taken = append(taken, param.Name)
			}
			for a := range m.Args() {
				taken = append(taken, a.Part.Locals...)
				for _, r := range a.Part.Results {
					taken = append(taken, r.Name)
				}
			}
			for _, h := range p.Handles {
				taken = append(taken, "new"+strings.ToUpper(h.Go[:1])+h.Go[1:])
			}
			for _, word := range usedIn(t, file, m) {
				assert.True(t, slices.Contains(taken, word), "%s: %s uses %s, which a parameter may be called, too: add it to bodyNames or asyncNames", name, m.FullName(), word)
			}
		}
	}
}

// usedIn lists the names that the bodies of m's forms use, except those after a dot.
func usedIn(t *testing.T, file *goFile, m *ir.Method) (words names) {
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

// names collects identifiers, except those after a dot and the keys of structs.
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

// TestDeclaredNames has no function, type or method of the spec called as something else that
// is generated: D5.
func TestDeclaredNames(t *testing.T) {
	for name, p := range gentest.EveryPlan(t) {
		theirs := make(map[string]bool)
		for _, m := range p.Methods {
			theirs[m.FullName()] = true
		}
		for _, ty := range p.Types {
			theirs[ty.Go] = true
		}
		for _, r := range p.StepResults {
			for _, name := range r.Named() {
				theirs[name] = true
			}
		}
		for _, h := range p.Handles {
			theirs[h.Go] = true
			if h.Accessor != nil {
				theirs[h.Go+"."+h.Accessor.Name] = true
			}
		}
		for _, g := range p.Consts {
			theirs[g.Type+".String"] = g.String != ""
			for _, c := range g.Consts {
				theirs[c.Go] = true
			}
		}
		for _, e := range p.Errors {
			theirs[e.Go] = true
		}
		for _, decl := range parseGo(t, gentest.Render(t, p).Go).decls {
			for _, full := range declares(decl) {
				if theirs[full] || full == "_" || strings.HasPrefix(full, "radosError.") || strings.HasPrefix(full, "stateError.") || isForm(p, full) {
					continue
				}
				assert.True(t, check.IsTaken(p, full), "%s: the generated file declares %s: add it to memberNames or packageNames", name, full)
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
func isForm(p *ir.Plan, full string) bool {
	return slices.ContainsFunc(p.Methods, func(m *ir.Method) bool { return slices.Contains(formsOf(m), full) })
}

// formsOf lists all that is generated for m, with the names of their types.
func formsOf(m *ir.Method) []string {
	if m.Recv == nil {
		return []string{m.Name}
	}
	list := []string{m.FullName(), m.FullName() + "Context"}
	if m.Task {
		list = append(list, m.Recv.Tasks+"."+m.Name, m.OlderTask, m.TaskArgs())
		for _, name := range []string{"op", "bytes", "start", "finish", "fills", "named"} {
			list = append(list, m.TaskArgs()+"."+name)
		}
	}
	for _, name := range m.Forms() {
		list = append(list, m.Recv.Go+"."+name)
	}
	for _, form := range m.ErrorForms {
		list = append(list, m.Recv.Go+"."+form.Name, m.Recv.Go+"."+form.Name+"Context")
	}
	if m.With != nil {
		list = append(list, m.Recv.Go+"."+m.With.Name)
	}
	return list
}
