package cgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

// declaration is the prototype of f with names for the parameters that can stand in any file.
func (v *view) declaration(f *ir.Function) string {
	decl := *f.Func
	decl.Result, decl.Params = v.own(f.Result), v.ownParams(withoutMacros(f.Params))
	return decl.Prototype()
}

// withoutMacros renames the parameters that have the name of a macro.
func withoutMacros(params []model.Param) []model.Param {
	params = slices.Clone(params)
	for i, p := range params {
		if ctype.IsMacro(p.Name) {
			params[i].Name += "_"
		}
	}
	return params
}

// own returns t with the struct that the generated C declares in the place of that of the library. An enum
// is an int.
func (v *view) own(t model.Type) model.Type {
	for _, c := range v.CTypes {
		if c.Name == t.Base && c.Struct != nil {
			t.Base = ctype.OwnStruct(t.Base)
		}
	}
	if strings.HasPrefix(t.Base, "enum ") || t.Base == "enum" {
		t.Base = "int"
	}
	return t
}

func (v *view) ownParams(params []model.Param) []model.Param {
	params = slices.Clone(params)
	for i := range params {
		params[i].Type = v.own(params[i].Type)
	}
	return params
}

// Structs lists the structs of names of our own, and those whose fields are unknown.
func (v *view) Structs() []string {
	var names []string
	for _, c := range v.CTypes {
		switch {
		case c.Struct != nil:
			names = append(names, ctype.OwnStruct(c.Name))
		case c.Typedef == nil && c.Callback == nil:
			names = append(names, c.Name)
		}
	}
	return names
}

// Typedefs lists the declarations of the types that the shims use and that are no structs.
func (v *view) Typedefs() []string {
	var list []string
	for _, c := range v.CTypes {
		switch {
		case c.Typedef != nil:
			list = append(list, "typedef "+v.own(c.Typedef.Type).Declare(c.Name)+";")
		case c.Callback != nil:
			own := model.Callback{Result: v.own(c.Callback.Result), Params: v.ownParams(withoutMacros(c.Callback.Params))}
			list = append(list, callbackTypedef(c.Name, &own))
		}
	}
	return list
}

// Layouts lists the definitions of structs.
func (v *view) Layouts() []string {
	var list []string
	for _, c := range v.CTypes {
		if c.Struct != nil {
			list = append(list, v.layout(c.Struct))
		}
	}
	return list
}

func callbackTypedef(name string, c *model.Callback) string {
	return "typedef " + strings.Replace(c.Signature(), "(*)", "(*"+name+")", 1) + ";"
}

// layout defines a struct and makes the compiler confirm where its fields are.
func (v *view) layout(s *model.Struct) string {
	name := ctype.OwnStruct(s.Name)
	var b, asserts strings.Builder
	fmt.Fprintf(&b, "%s {\n", name)
	for _, f := range s.Fields {
		fmt.Fprintf(&b, "\t%s;\n", declareField(f, v.own(f.Type)))
		fmt.Fprintf(&asserts, "\n_Static_assert(offsetof(%s, %s) == %d, \"%s\");", name, f.Name, f.Offset, f.Name)
	}
	b.WriteString("}")
	if s.Packed {
		b.WriteString(" __attribute__((packed))")
	}
	fmt.Fprintf(&b, ";\n_Static_assert(sizeof(%s) == %d, \"%s\");", name, s.Size, name)
	return b.String() + asserts.String()
}

func declareField(f model.Field, t model.Type) string {
	text := t.Declare(f.Name)
	if f.Array > 0 {
		text += fmt.Sprintf("[%d]", f.Array)
	}
	return text
}

// InstalledTypes lists declarations of types that an installed header may repeat.
func (v *view) InstalledTypes() []string {
	var list []string
	for _, c := range v.CTypes {
		switch {
		case !c.Uniform:
		case c.Typedef != nil && v.installed(c.Typedef.Type):
			list = append(list, "typedef "+c.Typedef.Type.Declare(c.Name)+";")
		case c.Callback != nil && v.installedSignature(c.Callback.Result, c.Callback.Params):
			bare := model.Callback{Result: c.Callback.Result, Params: withoutMacros(c.Callback.Params)}
			list = append(list, callbackTypedef(c.Name, &bare))
		case c.Struct != nil && strings.HasPrefix(c.Name, "struct "):
			list = append(list, c.Name+";")
		case c.Typedef == nil && c.Callback == nil && c.Struct == nil:
			list = append(list, c.Name+";")
		}
	}
	return list
}

// InstalledStructs lists the structs that every header has.
func (v *view) InstalledStructs() []*ir.CType {
	var list []*ir.CType
	for _, c := range v.CTypes {
		if c.Struct != nil && c.Everywhere {
			list = append(list, c)
		}
	}
	return list
}

// InstalledFunctions lists the prototypes that an installed header may repeat: those of functions that no
// release declares in another way.
func (v *view) InstalledFunctions() []string {
	var list []string
	for _, f := range v.Declared {
		if f.Uniform && v.installedSignature(f.Result, f.Params) {
			decl := *f.Func
			decl.Params = withoutMacros(f.Params)
			list = append(list, decl.Prototype()+";")
		}
	}
	return list
}

func (v *view) installedSignature(result model.Type, params []model.Param) bool {
	return v.installed(result) && !slices.ContainsFunc(params, func(p model.Param) bool { return !v.installed(p.Type) })
}

// installed reports whether every header has t, or can have a declaration of t that repeats its own.
func (v *view) installed(t model.Type) bool {
	if t.Base == "enum" {
		return false
	}
	for _, c := range v.CTypes {
		if c.Name == t.Base && !c.Everywhere {
			return c.Uniform && (c.Typedef != nil && v.installed(c.Typedef.Type) || c.Callback != nil || strings.HasPrefix(c.Name, "struct "))
		}
	}
	return true
}
