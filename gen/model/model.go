// Package model describes a C API as plain data, without the parser that reads it
// and the Go code that is generated from it.
package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Pos is a position in a file. The zero Pos is unknown.
type Pos struct {
	File      string
	Line, Col int
}

func (p Pos) String() string {
	switch {
	case p.File == "":
		return "-"
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Type is a C type by name: typedef names are kept, so time_t stays time_t.
type Type struct {
	Base     string // "void", "char", "uint64_t", "struct timespec", "time_t"
	Const    bool   // the base is const
	Volatile bool   // the base is volatile
	// Stars has an entry for each level of indirection, starting next to the
	// base: whether that pointer is const.
	Stars []bool
}

// IsPointer reports whether t has at least one star.
func (t Type) IsPointer() bool { return len(t.Stars) > 0 }

// IsVoid reports whether t is void itself, not a pointer to it.
func (t Type) IsVoid() bool { return t.Base == "void" && !t.IsPointer() }

// Is reports whether t is base with that many stars, const or not.
func (t Type) Is(base string, stars int) bool {
	return t.Base == base && len(t.Stars) == stars
}

// Elem returns the type that t points to. It panics if t is not a pointer.
func (t Type) Elem() Type {
	t.Stars = t.Stars[:len(t.Stars)-1]
	return t
}

// String returns t in canonical form: "const char *const *".
func (t Type) String() string { return t.Declare("") }

// Declare returns a declaration of name with type t: "const char *oid".
func (t Type) Declare(name string) string {
	var b strings.Builder
	if t.Const {
		b.WriteString("const ")
	}
	if t.Volatile {
		b.WriteString("volatile ")
	}
	b.WriteString(t.Base)
	if name != "" || t.IsPointer() {
		b.WriteByte(' ')
	}
	for i, isConst := range t.Stars {
		b.WriteByte('*')
		if isConst {
			b.WriteString("const")
			if name != "" || i+1 < len(t.Stars) {
				b.WriteByte(' ')
			}
		}
	}
	return b.String() + name
}

// Param is one parameter of a function or callback.
type Param struct {
	Name string
	// Type is the type that is passed: char ** for "char *argv[]".
	Type Type
	// Dims are the declared lengths of an array; 0 for "[]". A pointer to the first
	// element is passed. The element of an array of arrays is an array itself, which
	// Type does not show.
	Dims []int
	// Func is the function that p points to, if its type is written as in "int (*fn)(int)". The
	// base of Type is the name of Func then, which no header declares.
	Func *Callback
}

// Declare returns a declaration of p: "const char *oid", "uint8_t id[16]".
func (p Param) Declare() string {
	if p.Func != nil {
		return p.Func.Result.Declare("(*"+p.Name+")") + "(" + paramList(p.Func.Params) + ")"
	}
	if p.Dims == nil {
		return p.Type.Declare(p.Name)
	}
	text := p.Type.Elem().Declare(p.Name)
	for _, n := range p.Dims {
		if n == 0 {
			text += "[]"
		} else {
			text += fmt.Sprintf("[%d]", n)
		}
	}
	return text
}

// Func is a function prototype.
type Func struct {
	Name       string
	Result     Type
	Params     []Param // empty for (void)
	Deprecated bool
	Pos        Pos
}

// Prototype returns the prototype of f in one canonical line, without a semicolon.
func (f *Func) Prototype() string {
	return f.Result.Declare(f.Name) + "(" + paramList(f.Params) + ")"
}

// NameInline names the types of the parameters that have a Func: like the function and the
// parameter.
func (f *Func) NameInline() {
	for i := range f.Params {
		if p := &f.Params[i]; p.Func != nil {
			p.Func.Name, p.Func.Pos = f.Name+"_"+cmp.Or(p.Name, fmt.Sprintf("arg%d", i+1)), f.Pos
			p.Type = Type{Base: p.Func.Name}
		}
	}
}

// Param returns the parameter of that name, or nil.
func (f *Func) Param(name string) *Param {
	for i := range f.Params {
		if f.Params[i].Name == name {
			return &f.Params[i]
		}
	}
	return nil
}

func paramList(params []Param) string {
	if len(params) == 0 {
		return "void"
	}
	list := make([]string, len(params))
	for i, p := range params {
		list[i] = p.Declare()
	}
	return strings.Join(list, ", ")
}

// Const is an enumerator or an object-like macro with a value.
type Const struct {
	Name string
	// Value is a decimal number, or a double-quoted C string.
	Value string
	Enum  bool // an enumerator: the preprocessor does not see it
	Pos   Pos
}

// Field is one member of a struct.
type Field struct {
	Name   string
	Type   Type
	Array  int // number of elements of an array member, else 0
	Offset int // bytes from the start of the struct
}

// Struct is a struct whose layout the header defines.
type Struct struct {
	Name   string // as used in C: "struct timespec", or a typedef's name
	Size   int    // bytes
	Packed bool   // its fields stand without gaps between them
	Fields []Field
	Pos    Pos
}

// Callback is a typedef of a pointer to a function, or such a type that is written in the place of a
// parameter's.
type Callback struct {
	Name   string
	Result Type
	Params []Param
	Pos    Pos
}

// Signature returns the type of the callback without its name.
func (c *Callback) Signature() string {
	return c.Result.Declare("(*)") + "(" + paramList(c.Params) + ")"
}

// Typedef gives another name to a type that is neither struct nor function.
type Typedef struct {
	Name string
	Type Type
	Pos  Pos
}

// Omission is a part of a header that the model does not have.
type Omission struct {
	// Name is the declared name, with its keyword in "struct x", or the first words of what
	// has no name.
	Name   string
	Reason string // one line
	Pos    Pos
}

// API holds the declarations of a header. Every list is sorted by name.
type API struct {
	Header    string // the name of its file
	Release   string // "14.2"; empty when not known
	Funcs     []*Func
	Consts    []*Const
	Structs   []*Struct
	Callbacks []*Callback
	Typedefs  []*Typedef

	// LeftOut is no part of the API: functions without a symbol, or with another prefix.
	LeftOut []*Omission
	// Unsupported is part of the API, but the model cannot express it.
	Unsupported []*Omission
}

// AllCallbacks returns the callbacks of a, with those that only a parameter has.
func (a *API) AllCallbacks() []*Callback {
	all := slices.Clone(a.Callbacks)
	for _, f := range a.Funcs {
		for _, p := range f.Params {
			if p.Func != nil {
				all = append(all, p.Func)
			}
		}
	}
	return all
}

// Func returns the function of that name, or nil.
func (a *API) Func(name string) *Func {
	for _, f := range a.Funcs {
		if f.Name == name {
			return f
		}
	}
	return nil
}
