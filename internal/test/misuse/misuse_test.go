package misuse

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

// TestFunctionsAreComplete compares the generated list with the export data of the
// compiler.
func TestFunctionsAreComplete(t *testing.T) {
	for _, folder := range Packages() {
		var listed []string
		for _, f := range Functions(folder) {
			listed = append(listed, f.Name)
		}
		assert.ElementsMatch(t, exported(t, folder), listed, "make generate")
	}
}

// exported returns the exported functions of a package and the methods of its exported types.
func exported(t *testing.T, folder string) (names []string) {
	t.Helper()
	scope := compiled(t, folder).Scope()
	for _, name := range scope.Names() {
		switch o := scope.Lookup(name).(type) {
		case *types.Func:
			if o.Exported() {
				names = append(names, name)
			}
		case *types.TypeName:
			set := types.NewMethodSet(types.NewPointer(o.Type()))
			for i := range set.Len() {
				if m := set.At(i).Obj(); o.Exported() && m.Exported() {
					names = append(names, name+"."+m.Name())
				}
			}
		}
	}
	return names
}

// compiled returns a package from the export data of the compiler.
func compiled(t *testing.T, folder string) *types.Package {
	t.Helper()
	path := "github.com/go-rados/go-rados/" + folder
	out, err := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", path).Output()
	require.NoError(t, err)
	files := make(map[string]string)
	for list := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := list.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
		files[p.ImportPath] = p.Export
	}
	from := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
	pkg, err := from.Import(path)
	require.NoError(t, err)
	return pkg
}

// all returns the functions of all packages.
func all() (list []Function) {
	for _, folder := range Packages() {
		list = append(list, Functions(folder)...)
	}
	return list
}

// TestReceiversAreKnown fails for a type whose end the tests do not know.
func TestReceiversAreKnown(t *testing.T) {
	for _, f := range all() {
		if f.method() {
			assert.True(t, Known(f.typ().In(0)), "kinds lacks %v", f.typ().In(0))
		}
	}
}

// TestNamesOfParameters expects byName to name existing parameters, with values of their
// types.
func TestNamesOfParameters(t *testing.T) {
	unused := make(map[string]bool)
	for name := range byName {
		unused[name] = true
	}
	for _, f := range all() {
		for i := range f.typ().NumIn() {
			for _, name := range []string{f.Name + "." + f.param(i), f.param(i)} {
				if v := ordinaryValue(f.Name, f.param(i), f.typ().In(i)); byName[name] != nil && same(v, byName[name]) {
					delete(unused, name)
				}
			}
		}
	}
	assert.Empty(t, unused)
}

// same reports whether v equals a value of another type.
func same(v reflect.Value, want any) bool {
	w := reflect.ValueOf(want)
	return w.CanConvert(v.Type()) && reflect.DeepEqual(v.Interface(), w.Convert(v.Type()).Interface())
}

// TestCheck tests each result of Check.
func TestCheck(t *testing.T) {
	conn := reflect.ValueOf((*rados.Conn)(nil))
	ended := Arg{Label: "nil", Value: conn, Ended: rados.ErrNotConnected}
	call := func(f any, args ...Arg) Call {
		return Call{Function: Function{Name: "F", Func: f}, Args: args}
	}
	for name, c := range map[string]struct {
		call Call
		want string
	}{
		"panic":      {call(func() { panic("ouch") }), "panics: ouch"},
		"fine":       {call(func() error { return nil }), ""},
		"its error":  {call(func(*rados.Conn) error { return rados.ErrNotConnected }, ended), ""},
		"no error":   {call(func(*rados.Conn) error { return nil }, ended), "returns the error <nil>"},
		"other one":  {call(func(*rados.Conn) error { return io.EOF }, ended), "returns the error EOF"},
		"zero":       {call(func(*rados.Conn) int { return 0 }, ended), ""},
		"not zero":   {call(func(*rados.Conn) int { return 7 }, ended), "returns 7"},
		"sequence":   {call(sequenceOf(rados.ErrNotConnected), ended), ""},
		"empty one":  {call(sequenceOf(nil), ended), "returns the error <nil>"},
		"closed":     {call(func(*rados.Conn) <-chan int { c := make(chan int); close(c); return c }, ended), ""},
		"two things": {Call{Function: Function{Func: func(*rados.Conn) error { return io.EOF }}, Args: []Arg{ended}, mixed: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.call.Check(c.call.Do())
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, c.want)
		})
	}
}

// sequenceOf returns a method whose sequence ends with err.
func sequenceOf(err error) func(*rados.Conn) func(func(int, error) bool) {
	return func(*rados.Conn) func(func(int, error) bool) {
		return func(yield func(int, error) bool) {
			if err != nil {
				yield(0, err)
			}
		}
	}
}
