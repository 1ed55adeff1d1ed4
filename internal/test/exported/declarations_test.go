package exported

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// declarations returns the exported declarations of a package, sorted. Parameter names are
// omitted, since no caller depends on them.
func declarations(pkg *types.Package) []string {
	l := &lister{pkg: pkg, seen: make(map[*types.TypeName]bool)}
	for _, name := range pkg.Scope().Names() {
		if ast.IsExported(name) {
			l.object(pkg.Scope().Lookup(name))
		}
	}
	slices.Sort(l.decls)
	return l.decls
}

type lister struct {
	pkg   *types.Package
	seen  map[*types.TypeName]bool
	decls []string
}

func (l *lister) add(format string, args ...any) {
	l.decls = append(l.decls, "pkg "+l.pkg.Name()+", "+fmt.Sprintf(format, args...))
}

// spell returns a type as the package itself would write it. It records the unexported
// types in it, since their exported members are part of the API.
func (l *lister) spell(t types.Type) string {
	l.reach(t)
	return types.TypeString(nameless(t), func(p *types.Package) string {
		if p == l.pkg {
			return ""
		}
		return p.Name()
	})
}

func (l *lister) object(obj types.Object) {
	switch o := obj.(type) {
	case *types.Const:
		l.add("const %s %s = %s", o.Name(), l.spell(o.Type()), o.Val().ExactString())
	case *types.Var:
		l.add("var %s %s", o.Name(), l.spell(o.Type()))
	case *types.Func:
		l.add("func %s%s", o.Name(), strings.TrimPrefix(l.spell(o.Type()), "func"))
	case *types.TypeName:
		l.typ(o)
	}
}

// reach adds the unexported types that a value of t gives access to.
func (l *lister) reach(t types.Type) {
	switch t := t.(type) {
	case *types.Named:
		if t.Obj().Pkg() == l.pkg && !t.Obj().Exported() {
			l.typ(t.Obj())
		}
	case *types.Signature:
		l.reach(t.Params())
		l.reach(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			l.reach(v.Type())
		}
	case interface{ Elem() types.Type }:
		l.reach(t.Elem())
	}
}

func (l *lister) typ(name *types.TypeName) {
	if l.seen[name] {
		return
	}
	l.seen[name] = true
	if name.IsAlias() {
		l.add("type %s = %s", name.Name(), l.spell(types.Unalias(name.Type())))
		return
	}
	what := "type " + l.spell(name.Type())
	switch t := name.Type().Underlying().(type) {
	case *types.Struct:
		l.add("%s struct", what)
		l.fields(what, name.Type(), t)
	case *types.Interface:
		l.add("%s interface", what)
		for m := range t.Methods() {
			if !m.Exported() {
				l.add("%s interface, with unexported methods", what)
				break
			}
		}
	default:
		l.add("%s %s", what, l.spell(t))
	}
	l.methods(name.Type())
}

// fields adds the fields of a struct, including promoted ones.
func (l *lister) fields(what string, typ types.Type, t *types.Struct) {
	seen, hidden := 0, false
	for f := range t.Fields() {
		for _, shown := range visible(f) {
			l.add("%s struct, %s %s", what, shown.Name(), l.spell(shown.Type()))
			seen++
		}
		hidden = hidden || !f.Exported()
	}
	if seen > 0 && !types.Comparable(typ) {
		l.add("%s struct, not comparable", what)
	}
	if hidden { // so that it can't be written without the names of its fields
		l.add("%s struct, with unexported fields", what)
	}
}

// visible returns the fields that f makes accessible: itself, or promoted ones.
func visible(f *types.Var) (list []*types.Var) {
	if f.Exported() {
		return []*types.Var{f}
	}
	embedded, ok := f.Type().Underlying().(*types.Struct)
	if !f.Embedded() || !ok {
		return nil
	}
	for inner := range embedded.Fields() {
		list = append(list, visible(inner)...)
	}
	return list
}

// methods adds the methods of a type, including promoted ones, with their receivers.
func (l *lister) methods(typ types.Type) {
	values := types.NewMethodSet(typ)
	all := values
	if !types.IsInterface(typ) {
		all = types.NewMethodSet(types.NewPointer(typ))
	}
	for m := range all.Methods() {
		if !m.Obj().Exported() {
			continue
		}
		receiver := l.receiver(typ)
		if values.Lookup(l.pkg, m.Obj().Name()) == nil {
			receiver = "*" + receiver
		}
		l.add("method (%s) %s%s", receiver, m.Obj().Name(), strings.TrimPrefix(l.spell(m.Type()), "func"))
	}
}

// receiver returns a type as a receiver, with the names of type parameters only.
func (l *lister) receiver(typ types.Type) string {
	named, ok := typ.(*types.Named)
	if !ok || named.TypeParams().Len() == 0 {
		return l.spell(typ)
	}
	var params []string
	for p := range named.TypeParams().TypeParams() {
		params = append(params, p.Obj().Name())
	}
	return named.Obj().Name() + "[" + strings.Join(params, ", ") + "]"
}

// nameless returns t without parameter names.
func nameless(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, tuple(t.Params()), tuple(t.Results()), t.Variadic())
	case *types.Pointer:
		return types.NewPointer(nameless(t.Elem()))
	case *types.Slice:
		return types.NewSlice(nameless(t.Elem()))
	}
	return t
}

func tuple(t *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range t.Variables() {
		vars = append(vars, types.NewParam(token.NoPos, nil, "", nameless(v.Type())))
	}
	return types.NewTuple(vars...)
}

// source type-checks the text of a package.
func source(t *testing.T, text string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", text, 0)
	require.NoError(t, err)
	config := types.Config{Importer: importer.Default()}
	pkg, err := config.Check("p", fset, []*ast.File{file}, nil)
	require.NoError(t, err)
	return pkg
}
