package header

import (
	"errors"
	"fmt"
	"slices"

	"modernc.org/cc/v4"

	"github.com/go-rados/go-rados/gen/model"
)

func (c *converter) function(d *cc.Declarator, spec specifier) {
	f := &model.Func{Name: d.Name(), Deprecated: isDeprecated(d.Type()), Pos: pos(d)}
	var err error
	if f.Result, f.Params, err = c.signature(d, spec, 0); err == nil {
		err = layoutAttribute(d.Type())
	}
	if err != nil {
		c.unsupported(f.Name, d, err)
		return
	}
	f.NameInline()
	c.api.Funcs = append(c.api.Funcs, f)
}

// isDeprecated reports whether a function has the attribute deprecated, which the
// parser attaches to its type.
func isDeprecated(t cc.Type) bool {
	attrs := t.Attributes()
	return attrs != nil && (attrs.IsAttrSet("deprecated") || attrs.IsAttrSet("__deprecated__"))
}

// layoutAttribute returns an error if t has an attribute by which a value has another layout, or is
// passed in another way.
func layoutAttribute(t cc.Type) error {
	attrs := t.Attributes()
	if attrs == nil {
		return nil
	}
	for _, name := range []string{"mode", "vector_size", "transparent_union", "ms_abi", "regparm", "stdcall", "fastcall", "cdecl", "thiscall"} {
		if attrs.IsAttrSet(name) || attrs.IsAttrSet("__"+name+"__") {
			return fmt.Errorf("the attribute %s is not supported", name)
		}
	}
	return nil
}

func (c *converter) callback(d *cc.Declarator, spec specifier) {
	f := &model.Callback{Name: d.Name(), Pos: pos(d)}
	var err error
	f.Result, f.Params, err = c.signature(d, spec, 1)
	if err == nil && slices.ContainsFunc(f.Params, func(p model.Param) bool { return p.Func != nil }) {
		err = errUnsupported(d) // a callback that takes a callback
	}
	if err != nil {
		c.unsupported(f.Name, d, err)
		return
	}
	c.api.Callbacks = append(c.api.Callbacks, f)
}

func (c *converter) typedef(d *cc.Declarator, spec specifier) {
	t, err := c.aliased(d, spec)
	if err == nil {
		err = layoutAttribute(d.Type())
	}
	if err != nil {
		c.unsupported(d.Name(), d, err)
		return
	}
	c.api.Typedefs = append(c.api.Typedefs, &model.Typedef{Name: d.Name(), Type: t, Pos: pos(d)})
}

func (c *converter) aliased(d *cc.Declarator, spec specifier) (model.Type, error) {
	switch {
	case d.DirectDeclarator.Case != cc.DirectDeclaratorIdent:
		return model.Type{}, errUnsupported(d)
	case d.Type().Kind() == cc.Enum && spec.typ.Typedef() == nil && spec.typ.Size() == enumSize:
		// The enumerators are constants; the tag is not needed.
		return model.Type{Base: "enum"}, nil
	}
	return c.typeOf(spec, d.Pointer)
}

// isFuncPointer reports whether d has the form "(*name)(parameters)" or a variant of
// it.
func isFuncPointer(d *cc.DirectDeclarator) bool {
	return d.Case == cc.DirectDeclaratorFuncParam && d.DirectDeclarator.Case == cc.DirectDeclaratorDecl
}

// stars returns the number of stars in "(**name)", or -1 if it contains anything else.
func stars(d *cc.DirectDeclarator) int {
	switch {
	case d.Case == cc.DirectDeclaratorIdent:
		return 0
	case d.Case != cc.DirectDeclaratorDecl || d.Declarator.DirectDeclarator.Case != cc.DirectDeclaratorIdent:
		return -1
	}
	n := 0
	for p := d.Declarator.Pointer; p != nil; p = p.Pointer {
		n++
	}
	return n
}

// signature returns the function type that d declares, or points to if d has a star at
// its name. Its result must not be a function or an array.
func (c *converter) signature(d *cc.Declarator, spec specifier, star int) (result model.Type, params []model.Param, err error) {
	if d.DirectDeclarator.Case != cc.DirectDeclaratorFuncParam || stars(d.DirectDeclarator.DirectDeclarator) != star {
		return result, nil, errUnsupported(d)
	}
	if result, err = c.typeOf(spec, d.Pointer); err != nil {
		return result, nil, fmt.Errorf("result: %w", err)
	}
	list := d.DirectDeclarator.ParameterTypeList
	if list == nil {
		return result, nil, nil
	}
	if list.Case == cc.ParameterTypeListVar {
		return result, nil, errors.New("variable arguments are not supported")
	}
	for l := list.ParameterList; l != nil; l = l.ParameterList {
		p, err := c.param(l.ParameterDeclaration)
		if err != nil {
			return result, nil, fmt.Errorf("parameter %d: %w", len(params)+1, err)
		}
		if p.Func != nil || !p.Type.IsVoid() { // "(void)" is a parameter to the parser
			params = append(params, p)
		}
	}
	return result, params, nil
}

func (c *converter) param(d *cc.ParameterDeclaration) (p model.Param, err error) {
	spec := specifierOf(d.DeclarationSpecifiers)
	switch decl, abstract := d.Declarator, d.AbstractDeclarator; {
	case decl != nil:
		p.Name = decl.Name()
		if isFuncPointer(decl.DirectDeclarator) && stars(decl.DirectDeclarator.DirectDeclarator) == 1 {
			p.Func = &model.Callback{}
			p.Func.Result, p.Func.Params, err = c.signature(decl, spec, 1)
			if err == nil && slices.ContainsFunc(p.Func.Params, func(p model.Param) bool { return p.Func != nil }) {
				err = errUnsupported(d)
			}
			return p, err
		}
		p.Type, err = c.typeOf(spec, decl.Pointer)
		switch decl.DirectDeclarator.Case {
		case cc.DirectDeclaratorIdent:
		case cc.DirectDeclaratorArr:
			p.Type.Stars = append(p.Type.Stars, false) // it is passed as a pointer
			var ok bool
			if p.Dims, ok = dims(decl); !ok {
				return p, errUnsupported(d)
			}
		default:
			return p, errUnsupported(d)
		}
	case abstract != nil:
		p.Type, err = c.typeOf(spec, abstract.Pointer)
		if abstract.DirectAbstractDeclarator != nil {
			return p, errUnsupported(d)
		}
	default:
		p.Type, err = c.typeOf(spec, nil)
	}
	return p, err
}

// dims returns the lengths of an array parameter.
func dims(d *cc.Declarator) (list []int, ok bool) {
	t := d.Type().Undecay()
	inner := d.DirectDeclarator
	for ; inner.Case == cc.DirectDeclaratorArr; inner = inner.DirectDeclarator {
		a, isArray := t.(*cc.ArrayType)
		if !isArray || a.IsVLA() {
			return nil, false
		}
		list = append(list, int(max(a.Len(), 0)))
		t = a.Elem()
	}
	return list, inner.Case == cc.DirectDeclaratorIdent
}

func errUnsupported(n cc.Node) error {
	return fmt.Errorf("%q is a form of declaration that is not supported", cc.NodeSource(n))
}
