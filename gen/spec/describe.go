package spec

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"sync"
)

// Section describes one kind of mapping in the spec, which is one struct type.
type Section struct {
	Type string // the struct type
	Name string // the first key whose value it is, or of whose value an entry; "" of the whole file
	// Doc says what it is: the comment of the struct type, with Name in the place of that.
	Doc   string
	Named string // what the name of an entry is, where entries have names: "the C type"
	Keys  []*Key
	// Short lists the ways to write an entry without a mapping.
	Short []Short

	goType    reflect.Type
	name, pos []int // the fields for the name of an entry and for its position
}

// Key describes one key of a section, which is one field of the struct.
type Key struct {
	Name    string
	Doc     string // the comment of the field: what the key means
	Example string // a value, where the spec of the library has none
	Kind    Kind
	Values  []string // of a Word: what it may be
	// Words names the vocabulary that a text is from: "roles" or "returns".
	Words string
	// Section describes the value of a Mapping, or an entry of a Named or a List.
	Section *Section
	// Choice: a section has exactly one of the keys with a Choice. If it is Alone, the
	// section has no other key.
	Choice, Alone bool

	field          []int
	what, item, of string // for diagnostics: the value, the beginning of an entry, its plural
}

// Kind is the form of a value.
type Kind int

// The kinds. Named is a mapping from names to sections, in the order of the file.
const (
	Text Kind = iota
	Word
	Integer
	Boolean
	Texts
	Mapping
	Named
	List
	Null // in Short only
)

// Short is a way to write an entry without a mapping.
type Short struct {
	Kind Kind
	Key  string // the key whose value it is, or ""
	Doc  string // what it means
}

// The comments of this file are the meanings of the keys.
//
//go:embed spec.go
var source string

var described = sync.OnceValues(func() (*Section, error) {
	return describe(reflect.TypeFor[Spec](), source)
})

// Describe returns the description of the spec's file. It fails if a key has no meaning.
func Describe() (*Section, error) { return described() }

// Sections lists s and the sections below it, each once, in the order of the keys.
func (s *Section) Sections() []*Section {
	var list []*Section
	seen := make(map[*Section]bool)
	var add func(s *Section)
	add = func(s *Section) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		list = append(list, s)
		for _, k := range s.Keys {
			add(k.Section)
		}
	}
	add(s)
	return list
}

// key returns the key of that name, or nil.
func (s *Section) key(name string) *Key {
	for _, k := range s.Keys {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// describe describes the mapping that is decoded into a struct type, whose declaration
// is in src.
func describe(t reflect.Type, src string) (*Section, error) {
	comments, err := commentsIn(src)
	if err != nil {
		return nil, err
	}
	d := &describer{comments: comments, sections: make(map[reflect.Type]*Section)}
	return d.section(t, "", ""), d.err
}

type describer struct {
	comments map[string]string // by TYPE and by TYPE.FIELD
	sections map[reflect.Type]*Section
	err      error
}

// section describes t. name is a key that has it as its value, and subject what its
// comment is about.
func (d *describer) section(t reflect.Type, name, subject string) *Section {
	if s := d.sections[t]; s != nil {
		return s
	}
	s := &Section{Type: t.Name(), Name: name, goType: t}
	d.sections[t] = s
	if rest, ok := strings.CutPrefix(d.comments[t.Name()], t.Name()+" "); ok {
		s.Doc = strings.TrimSpace(subject + " " + rest)
	} else {
		d.fail("the type %s has no comment that begins with its name", t.Name())
	}
	if short, ok := reflect.New(t).Interface().(shorthand); ok {
		s.Short = short.short()
	}
	d.fields(s, t, nil)
	if s.pos == nil && name != "" {
		d.fail("the type %s has no field Pos", t.Name())
	}
	return s
}

// fail records an error in the structs, of which the first is reported.
func (d *describer) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf(format, args...)
	}
}

// fields adds the keys of t, a type that s is decoded into or that is embedded in it.
func (d *describer) fields(s *Section, t reflect.Type, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(index[:len(index):len(index)], i)
		name, isKey := f.Tag.Lookup("key")
		switch {
		case f.Anonymous:
			d.fields(s, f.Type, at)
		case isKey:
			s.Keys = append(s.Keys, d.key(f, t, name, at))
		case f.Tag.Get("name") != "":
			s.Named, s.name = f.Tag.Get("name"), at
		case f.Name == "Pos":
			s.pos = at
		}
	}
}

func (d *describer) key(f reflect.StructField, of reflect.Type, name string, index []int) *Key {
	k := &Key{
		Name:    name,
		Doc:     d.comments[of.Name()+"."+f.Name],
		Example: f.Tag.Get("example"),
		Words:   f.Tag.Get("words"),
		Choice:  f.Tag.Get("choice") != "",
		Alone:   f.Tag.Get("choice") == "alone",
		field:   index,
		what:    f.Tag.Get("what"),
		item:    f.Tag.Get("item"),
		of:      f.Tag.Get("of"),
	}
	if k.what == "" {
		k.what = name
	}
	if k.Doc == "" {
		d.fail("the key %s has no meaning: write a comment above the field %s of %s", name, f.Name, of.Name())
	}
	if !d.kind(k, f.Type) {
		d.fail("the key %s can't be read: the field %s of %s has the type %s", name, f.Name, of.Name(), f.Type)
	}
	return k
}

// worded is a text of which all values are known.
type worded interface{ values() []string }

// kind notes how a value of type t is written, and reports whether there is a way.
func (d *describer) kind(k *Key, t reflect.Type) bool {
	one := func(t reflect.Type) *Section { return d.section(t, k.Name, "`"+k.Name+"`") }
	entry := func() *Section { return d.section(t.Elem().Elem(), k.Name, "An entry of `"+k.Name+"`") }
	pointers := func() bool { return t.Elem().Kind() == reflect.Pointer && t.Elem().Elem().Kind() == reflect.Struct }
	switch {
	case t.Implements(reflect.TypeFor[worded]()):
		k.Kind, k.Values = Word, reflect.Zero(t).Interface().(worded).values()
	case t.Kind() == reflect.String:
		k.Kind = Text
	case t.Kind() == reflect.Int:
		k.Kind = Integer
	case t.Kind() == reflect.Bool:
		k.Kind = Boolean
	case t == reflect.TypeFor[[]string]():
		k.Kind = Texts
	case t.Kind() == reflect.Struct:
		k.Kind, k.Section = Mapping, one(t)
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		k.Kind, k.Section = Mapping, one(t.Elem())
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String && pointers():
		k.Kind, k.Section = Named, entry()
	case t.Kind() == reflect.Slice && pointers():
		k.Kind, k.Section = List, entry()
		if k.Section.Named != "" {
			k.Kind = Named
		}
	default:
		return false
	}
	return true
}

// commentsIn returns the comments of the struct types in src and of their fields.
func commentsIn(src string) (map[string]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "spec.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	comments := make(map[string]string)
	for _, decl := range file.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.TYPE {
			continue
		}
		for _, spec := range d.Specs {
			typ := spec.(*ast.TypeSpec)
			st, ok := typ.Type.(*ast.StructType)
			if !ok {
				continue
			}
			comments[typ.Name.Name] = oneLine(d.Doc)
			for _, f := range st.Fields.List {
				for _, name := range f.Names {
					comments[typ.Name.Name+"."+name.Name] = oneLine(f.Doc)
				}
			}
		}
	}
	return comments, nil
}

func oneLine(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

// argKeys describes the keys of an argument.
func argKeys() []*Key {
	root, err := Describe()
	if err != nil {
		return nil // there is no argument, since Decode has failed, too
	}
	for _, s := range root.Sections() {
		if s.goType == reflect.TypeFor[Arg]() {
			return s.Keys
		}
	}
	return nil
}

// Keys lists the keys of a that are given, except "as".
func (a *Arg) Keys() []string {
	var keys []string
	for _, k := range argKeys() {
		if k.Name != "as" && !reflect.ValueOf(a).Elem().FieldByIndex(k.field).IsZero() {
			keys = append(keys, k.Name)
		}
	}
	return keys
}

// Completed returns a copy of c in which the keys that c does not give are those of other, except
// those that name C functions or an older method.
func (c *Call) Completed(other *Call) Call {
	whole := *other
	whole.Else, whole.Sync, whole.Supersedes, whole.OlderTask = "", "", nil, ""
	for i := range reflect.TypeFor[Call]().NumField() {
		if v := reflect.ValueOf(c).Elem().Field(i); !v.IsZero() {
			reflect.ValueOf(&whole).Elem().Field(i).Set(v)
		}
	}
	return whole
}

// Overlay returns a copy of a in which the keys that form gives, and its position, take the
// place of those of a.
func (a *Arg) Overlay(form *Arg) *Arg {
	merged := *a
	merged.Pos = form.Pos
	for _, k := range argKeys() {
		if v := reflect.ValueOf(form).Elem().FieldByIndex(k.field); !v.IsZero() {
			reflect.ValueOf(&merged).Elem().FieldByIndex(k.field).Set(v)
		}
	}
	return &merged
}
