// Package release reads, writes, compares and merges API snapshots, which list the
// declarations of the C header of each Ceph release.
//
// A snapshot is a text file with one declaration per line. It is written once,
// when a release appears, and reviewed as a difference from the previous
// release. All snapshots together determine the releases that have a function.
package release

import (
	"fmt"

	"github.com/go-rados/go-rados/gen/model"
)

// Kind is the kind of a declaration.
type Kind string

// The kinds, in the order in which a snapshot lists them.
const (
	Callback   Kind = "callback"
	Deprecated Kind = "deprecated"
	Enum       Kind = "enum" // an enumerator
	Func       Kind = "func"
	Layout     Kind = "layout"   // a struct's size, or the place of one field
	LeftOut    Kind = "left-out" // no part of the API, with the reason
	Macro      Kind = "macro"
	Typedef    Kind = "typedef"
	// Unsupported is a part of the API that the generator cannot bind, with the reason.
	Unsupported Kind = "unsupported"
)

// declaration is one line of a snapshot. Two headers are equal if their
// declarations are.
type declaration struct {
	kind Kind
	name string // unique within the kind
	text string // the whole declaration, including the name
	pos  model.Pos
}

func (f declaration) line() string { return string(f.kind) + " " + f.text }

// declarations returns the declarations of a in the order of a snapshot: by kind,
// then by name, and the fields of a struct by offset.
func declarations(a *model.API) []declaration {
	var list []declaration
	for _, c := range a.Callbacks {
		list = append(list, callbackDecl(c))
	}
	for _, f := range a.Funcs {
		if f.Deprecated {
			list = append(list, deprecatedDecl(f.Name, f.Pos))
		}
	}
	list = append(list, constDecls(a, Enum)...)
	for _, f := range a.Funcs {
		list = append(list, funcDecl(f))
	}
	for _, s := range a.Structs {
		list = append(list, structDecl(s))
		for i := range s.Fields {
			list = append(list, fieldDecl(s, &s.Fields[i]))
		}
	}
	for _, o := range a.LeftOut {
		list = append(list, omissionDecl(LeftOut, o))
	}
	list = append(list, constDecls(a, Macro)...)
	for _, t := range a.Typedefs {
		list = append(list, typedefDecl(t))
	}
	for _, o := range a.Unsupported {
		list = append(list, omissionDecl(Unsupported, o))
	}
	return list
}

func constDecls(a *model.API, kind Kind) []declaration {
	var list []declaration
	for _, c := range a.Consts {
		if f := constDecl(c); f.kind == kind {
			list = append(list, f)
		}
	}
	return list
}

func callbackDecl(c *model.Callback) declaration {
	return declaration{Callback, c.Name, c.Name + " = " + c.Signature(), c.Pos}
}

func deprecatedDecl(name string, pos model.Pos) declaration {
	return declaration{Deprecated, name, name, pos}
}

func constDecl(c *model.Const) declaration {
	kind := Macro
	if c.Enum {
		kind = Enum
	}
	return declaration{kind, c.Name, c.Name + " = " + c.Value, c.Pos}
}

func funcDecl(f *model.Func) declaration {
	return declaration{Func, f.Name, f.Prototype(), f.Pos}
}

func structDecl(s *model.Struct) declaration {
	text := fmt.Sprintf("%s: %d bytes", s.Name, s.Size)
	if s.Packed {
		text += ", packed"
	}
	return declaration{Layout, s.Name, text, s.Pos}
}

func fieldDecl(s *model.Struct, f *model.Field) declaration {
	decl := f.Type.Declare(f.Name)
	if f.Array > 0 {
		decl += fmt.Sprintf("[%d]", f.Array)
	}
	return declaration{Layout, s.Name + "." + f.Name, fmt.Sprintf("%s: at %d: %s", s.Name, f.Offset, decl), s.Pos}
}

func typedefDecl(t *model.Typedef) declaration {
	return declaration{Typedef, t.Name, t.Name + " = " + t.Type.String(), t.Pos}
}

func omissionDecl(kind Kind, o *model.Omission) declaration {
	return declaration{kind, o.Name, o.Name + ": " + o.Reason, o.Pos}
}
