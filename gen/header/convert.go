package header

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"modernc.org/cc/v4"

	"github.com/go-rados/go-rados/gen/model"
)

// funcPrefix begins the name of every function of the API.
const funcPrefix = "rados_"

// converter walks a translation unit in order and builds the model.
type converter struct {
	api  model.API
	errs []error
	// typedefOf maps a tagged struct to its typedef name, so that "struct x"
	// and "x" are the same type.
	typedefOf map[string]string
	packed    int // the bytes so far of a packed struct
}

func convert(ast *cc.AST) (*model.API, error) {
	c := &converter{typedefOf: map[string]string{}}
	for unit := ast.TranslationUnit; unit != nil; unit = unit.TranslationUnit {
		d := unit.ExternalDeclaration
		if d.Case == cc.ExternalDeclarationDecl && !inSystem(d) {
			c.declaration(d.Declaration)
		}
	}
	c.macros(ast.Macros)
	c.sort()
	if len(c.errs) > 0 {
		return nil, errors.Join(c.errs...)
	}
	return &c.api, nil
}

func (c *converter) declaration(d *cc.Declaration) {
	if d.Case != cc.DeclarationDecl {
		return
	}
	if def := enumDefinition(d); def != nil {
		c.enumerators(def)
	}
	named := structTypedef(d)
	if def := structDefinition(d); def != nil {
		c.structure(def, named, d)
	}
	spec := specifierOf(d.DeclarationSpecifiers)
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		switch decl := l.InitDeclarator.Declarator; {
		case decl == named: // the name of the struct, not an alias of it
		case decl.IsTypename() && isFuncPointer(decl.DirectDeclarator):
			c.callback(decl, spec)
		case decl.IsTypename():
			c.typedef(decl, spec)
		case decl.Type().Kind() == cc.Function && strings.HasPrefix(decl.Name(), funcPrefix):
			c.function(decl, spec)
		}
	}
}

// sort sorts every list and merges repeated declarations.
func (c *converter) sort() {
	a := &c.api
	a.Funcs = unique(c, a.Funcs, (*model.Func).Prototype,
		func(f *model.Func) (string, model.Pos) { return f.Name, f.Pos })
	a.Consts = unique(c, a.Consts, func(k *model.Const) string { return k.Value },
		func(k *model.Const) (string, model.Pos) { return k.Name, k.Pos })
	a.Structs = unique(c, a.Structs, func(s *model.Struct) string { return fmt.Sprint(s.Size, s.Fields) },
		func(s *model.Struct) (string, model.Pos) { return s.Name, s.Pos })
	a.Callbacks = unique(c, a.Callbacks, (*model.Callback).Signature,
		func(f *model.Callback) (string, model.Pos) { return f.Name, f.Pos })
	a.Typedefs = unique(c, a.Typedefs, func(t *model.Typedef) string { return t.Type.String() },
		func(t *model.Typedef) (string, model.Pos) { return t.Name, t.Pos })
}

// unique sorts list by name and keeps the first declaration of each name. A
// different declaration of the same name is an error.
func unique[T any](c *converter, list []*T, spell func(*T) string, id func(*T) (string, model.Pos)) []*T {
	slices.SortStableFunc(list, func(a, b *T) int {
		nameA, _ := id(a)
		nameB, _ := id(b)
		return cmp.Compare(nameA, nameB)
	})
	return slices.CompactFunc(list, func(again, first *T) bool {
		name, at := id(first)
		nameAgain, atAgain := id(again)
		if name != nameAgain {
			return false
		}
		if spell(first) != spell(again) {
			c.errs = append(c.errs, fmt.Errorf("%v: %s is declared as %s, but at %v as %s",
				atAgain, name, spell(again), at, spell(first)))
		}
		return true
	})
}

func (c *converter) errorf(at cc.Node, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%v: %w", pos(at), fmt.Errorf(format, args...)))
}

func inSystem(n cc.Node) bool {
	return strings.HasPrefix(n.Position().Filename, systemDir+"/")
}

func pos(n cc.Node) model.Pos {
	p := n.Position()
	return model.Pos{File: p.Filename, Line: p.Line, Col: p.Column}
}
