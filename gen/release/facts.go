// Package release keeps what the C header of each Ceph release declares.
//
// A snapshot is a text file with one fact a line. It is written once, when a
// release appears, and its difference from the release before is what a
// reviewer reads. All snapshots together tell since when there is what.
package release

import (
	"fmt"

	"github.com/go-rados/go-rados/gen/model"
)

// Kind says what a fact is about.
type Kind string

// The kinds, in the order in which a snapshot lists them.
const (
	Callback   Kind = "callback"
	Deprecated Kind = "deprecated"
	Enum       Kind = "enum" // an enumerator
	Func       Kind = "func"
	Layout     Kind = "layout" // a struct's size, or the place of one field
	Macro      Kind = "macro"
	Typedef    Kind = "typedef"
)

// fact is one line of a snapshot. Two headers are the same if their facts are.
type fact struct {
	kind Kind
	name string // unique within the kind
	text string // all that the fact says, the name included
	pos  model.Pos
}

func (f fact) line() string { return string(f.kind) + " " + f.text }

// facts states a in the order of a snapshot: by kind, then by name, the fields
// of a struct by offset.
func facts(a *model.API) []fact {
	var list []fact
	for _, c := range a.Callbacks {
		list = append(list, callbackFact(c))
	}
	for _, f := range a.Funcs {
		if f.Deprecated {
			list = append(list, deprecatedFact(f.Name, f.Pos))
		}
	}
	list = append(list, constFacts(a, Enum)...)
	for _, f := range a.Funcs {
		list = append(list, funcFact(f))
	}
	for _, s := range a.Structs {
		list = append(list, structFact(s))
		for i := range s.Fields {
			list = append(list, fieldFact(s, &s.Fields[i]))
		}
	}
	list = append(list, constFacts(a, Macro)...)
	for _, t := range a.Typedefs {
		list = append(list, typedefFact(t))
	}
	return list
}

func constFacts(a *model.API, kind Kind) []fact {
	var list []fact
	for _, c := range a.Consts {
		if f := constFact(c); f.kind == kind {
			list = append(list, f)
		}
	}
	return list
}

func callbackFact(c *model.Callback) fact {
	return fact{Callback, c.Name, c.Name + " = " + c.Signature(), c.Pos}
}

func deprecatedFact(name string, pos model.Pos) fact {
	return fact{Deprecated, name, name, pos}
}

func constFact(c *model.Const) fact {
	kind := Macro
	if c.Enum {
		kind = Enum
	}
	return fact{kind, c.Name, c.Name + " = " + c.Value, c.Pos}
}

func funcFact(f *model.Func) fact {
	return fact{Func, f.Name, f.Prototype(), f.Pos}
}

func structFact(s *model.Struct) fact {
	text := fmt.Sprintf("%s: %d bytes", s.Name, s.Size)
	if s.Packed {
		text += ", packed"
	}
	return fact{Layout, s.Name, text, s.Pos}
}

func fieldFact(s *model.Struct, f *model.Field) fact {
	decl := f.Type.Declare(f.Name)
	if f.Array > 0 {
		decl += fmt.Sprintf("[%d]", f.Array)
	}
	return fact{Layout, s.Name + "." + f.Name, fmt.Sprintf("%s: at %d: %s", s.Name, f.Offset, decl), s.Pos}
}

func typedefFact(t *model.Typedef) fact {
	return fact{Typedef, t.Name, t.Name + " = " + t.Type.String(), t.Pos}
}
