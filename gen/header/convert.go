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

// converter walks a translation unit in order and builds the model.
type converter struct {
	Library
	api  model.API
	errs []error
	// typedefOf maps a tagged struct to its typedef name, so that "struct x"
	// and "x" are the same type.
	typedefOf map[string]string
	packed    int      // the bytes so far of a packed struct
	pack      []pragma // the directives that change the layout of structs
	src       *sources
}

// convert makes the model of ast, which was parsed from src.
func (l Library) convert(ast *cc.AST, src *sources, pack []pragma) (*model.API, error) {
	c := &converter{Library: l, typedefOf: map[string]string{}, pack: pack, src: src}
	c.api.Unsupported = src.cuts
	for unit := ast.TranslationUnit; unit != nil; unit = unit.TranslationUnit {
		switch d := unit.ExternalDeclaration; {
		case inSystem(d):
		case d.Case == cc.ExternalDeclarationDecl:
			c.declaration(d.Declaration)
		case d.Case == cc.ExternalDeclarationFuncDef:
			decl := d.FunctionDefinition.Declarator
			c.leaveOut(decl.Name(), decl, "it is defined in the header, so the library has no such symbol")
		}
	}
	c.macros(ast.Macros)
	c.spread()
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
	named := structTypedef(d)
	for s := d.DeclarationSpecifiers; s != nil; s = s.DeclarationSpecifiers {
		c.definition(s.TypeSpecifier, named, d)
	}
	spec := specifierOf(d.DeclarationSpecifiers)
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		switch decl := l.InitDeclarator.Declarator; {
		case decl == named: // the name of the struct, not an alias of it
		case decl.Name() == epilogueName:
		case decl.IsTypename() && isFuncPointer(decl.DirectDeclarator):
			c.callback(decl, spec)
		case decl.IsTypename():
			c.typedef(decl, spec)
		case !strings.HasPrefix(decl.Name(), c.Functions):
			c.leaveOut(decl.Name(), decl, "its name does not begin with "+c.Functions)
		case decl.Type().Kind() != cc.Function:
			c.unsupported(decl.Name(), decl, errors.New("a variable is not supported"))
		case decl.IsStatic():
			c.leaveOut(decl.Name(), decl, "it is static, so the library has no such symbol")
		case l.InitDeclarator.Asm != nil:
			c.unsupported(decl.Name(), decl, errors.New("another name in the library is not supported"))
		default:
			c.function(decl, spec)
		}
	}
}

// definition adds what a type specifier defines, a part of whole. typedef is the name of a struct, or
// nil.
func (c *converter) definition(t *cc.TypeSpecifier, typedef *cc.Declarator, whole cc.Node) {
	switch {
	case t == nil:
	case t.Case == cc.TypeSpecifierEnum && t.EnumSpecifier.Case == cc.EnumSpecifierDef:
		c.enumerators(t.EnumSpecifier)
	case t.Case != cc.TypeSpecifierStructOrUnion || t.StructOrUnionSpecifier.Case != cc.StructOrUnionSpecifierDef:
	default:
		def := t.StructOrUnionSpecifier
		for l := def.StructDeclarationList; l != nil; l = l.StructDeclarationList {
			for q := l.StructDeclaration.SpecifierQualifierList; q != nil; q = q.SpecifierQualifierList {
				c.definition(q.TypeSpecifier, nil, l.StructDeclaration)
			}
		}
		if _, ok := def.Type().(*cc.StructType); ok {
			c.structure(def, typedef, whole)
		} else if tag := def.Token.SrcStr(); tag != "" {
			c.unsupported("union "+tag, def, errors.New("a union is not supported"))
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
	a.LeftOut = joined(a.LeftOut)
	a.Unsupported = joined(a.Unsupported)
}

// joined sorts list by name and joins the reasons of each name.
func joined(list []*model.Omission) []*model.Omission {
	slices.SortStableFunc(list, func(a, b *model.Omission) int { return cmp.Compare(a.Name, b.Name) })
	var all []*model.Omission
	for _, o := range list {
		n := len(all) - 1
		if n < 0 || all[n].Name != o.Name {
			all = append(all, o)
		} else if !slices.Contains(strings.Split(all[n].Reason, "; "), o.Reason) {
			all[n].Reason += "; " + o.Reason
		}
	}
	return all
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

// unsupported records that the model cannot express a declaration.
func (c *converter) unsupported(name string, at cc.Node, reason error) {
	c.api.Unsupported = append(c.api.Unsupported, omission(name, reason.Error(), pos(at)))
}

// leaveOut records that a declaration is no part of the API.
func (c *converter) leaveOut(name string, at cc.Node, reason string) {
	c.api.LeftOut = append(c.api.LeftOut, omission(name, reason, pos(at)))
}

// omission returns an omission whose reason is one line of printable characters.
func omission(name, reason string, at model.Pos) *model.Omission {
	reason = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, reason)
	return &model.Omission{Name: name, Reason: strings.Join(strings.Fields(reason), " "), Pos: at}
}

func inSystem(n cc.Node) bool {
	return strings.HasPrefix(n.Position().Filename, systemDir+"/")
}

func pos(n cc.Node) model.Pos {
	p := n.Position()
	return model.Pos{File: p.Filename, Line: p.Line, Col: p.Column}
}
