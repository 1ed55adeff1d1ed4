package spec

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/model"
)

type whole struct {
	Entries []*entry `key:"entries" item:"entry "`
}

type entry struct {
	Pos  model.Pos
	Name string `name:"a name"`
	Size int    `key:"size"`
}

// TestDescribeBad has structs that are no description, one slip each.
func TestDescribeBad(t *testing.T) {
	const good = `package spec

// whole is the file.
type whole struct {
	// All entries.
	Entries []*entry
}

// entry is one of them.
type entry struct {
	// Its size.
	Size int
}
`
	_, err := describe(reflect.TypeFor[whole](), good)
	require.NoError(t, err)
	for _, c := range []struct{ name, old, new, want string }{
		{
			"key without a meaning", "\t// Its size.\n", "",
			"the key size has no meaning: write a comment above the field Size of entry",
		},
		{
			"meaning is an empty comment", "// Its size.", "//",
			"the key size has no meaning: write a comment above the field Size of entry",
		},
		{
			"key of the file without a meaning", "\t// All entries.\n", "",
			"the key entries has no meaning: write a comment above the field Entries of whole",
		},
		{
			"type without a comment", "// entry is one of them.\n", "",
			"the type entry has no comment that begins with its name",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Contains(t, good, c.old)
			_, err := describe(reflect.TypeFor[whole](), strings.Replace(good, c.old, c.new, 1))
			assert.EqualError(t, err, c.want)
		})
	}
}

// TestDescribeTypes has structs with fields that can't be keys.
func TestDescribeTypes(t *testing.T) {
	type odd struct {
		Size float64 `key:"size"`
	}
	type noPlace struct {
		Size int `key:"size"`
	}
	type file struct {
		One noPlace `key:"one"`
	}
	for _, c := range []struct {
		name, src, want string
		of              reflect.Type
	}{
		{
			"type that no value has", "package spec\n\n// odd is.\ntype odd struct {\n\t// Its size.\n\tSize float64\n}\n",
			"the key size can't be read: the field Size of odd has the type float64", reflect.TypeFor[odd](),
		},
		{
			"entry without a position", "package spec\n\n// file is.\ntype file struct {\n\t// The one.\n\tOne noPlace\n}\n\n" +
				"// noPlace is.\ntype noPlace struct {\n\t// Its size.\n\tSize int\n}\n",
			"the type noPlace has no field Pos", reflect.TypeFor[file](),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := describe(c.of, c.src)
			assert.EqualError(t, err, c.want)
		})
	}
}

// TestDescribe describes the structs of this package: each section and key has what the
// reference prints.
func TestDescribe(t *testing.T) {
	root, err := Describe()
	require.NoError(t, err)
	types := make(map[string]bool)
	for _, s := range root.Sections() {
		assert.False(t, types[s.Type], "%s is there twice", s.Type)
		types[s.Type] = true
		assert.NotEmpty(t, s.Keys, s.Type)
		names := make(map[string]bool)
		for _, k := range s.Keys {
			assert.False(t, names[k.Name], "%s has two keys %s", s.Type, k.Name)
			names[k.Name] = true
			assert.Regexp(t, `^[A-Z].*\.$`, k.Doc, "the meaning of %s in %s is no sentence", k.Name, s.Type)
		}
	}
	assert.Len(t, types, 28)

	arg := root.key("functions").Section.key("args").Section
	assert.Equal(t, "args", arg.Name)
	assert.Equal(t, "An entry of `args` says how a C parameter appears in Go.", arg.Doc)
	assert.Same(t, arg, root.key("iterators").Section.key("args").Section)
	assert.Equal(t, Integer, arg.key("initial_size").Kind)
	assert.Equal(t, []string{"osd", "mon", "mgr", "ack", "nothing"}, root.key("methods").Section.key("waits").Values)
}

// TestOverlay sets each key of an argument in turn: a form's value takes the place of the
// function's, which stays where the form says nothing.
func TestOverlay(t *testing.T) {
	keys := argKeys()
	require.NotEmpty(t, keys)
	set := func(a *Arg, k *Key, to string) {
		v := reflect.ValueOf(a).Elem().FieldByIndex(k.field)
		switch k.Kind {
		case Text, Word:
			v.SetString(to)
		case Texts:
			v.Set(reflect.ValueOf([]string{to}))
		case Integer:
			v.SetInt(int64(len(to)))
		case Boolean:
			v.SetBool(true)
		default:
			require.Fail(t, "no value for "+k.Name)
		}
	}
	for _, k := range keys {
		base, form, want := &Arg{Pos: model.Pos{Line: 1}}, &Arg{Pos: model.Pos{Line: 2}}, &Arg{Pos: model.Pos{Line: 2}}
		for _, other := range keys {
			set(base, other, "function")
			set(want, other, "function")
		}
		before := *base
		set(form, k, "form")
		set(want, k, "form")
		assert.Equal(t, want, base.Overlay(form), k.Name)
		assert.Equal(t, before, *base, k.Name)

		if k.Name == "as" {
			assert.Empty(t, form.Keys())
			continue
		}
		assert.Equal(t, []string{k.Name}, form.Keys())
	}
}
