package fakelibrados_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
	"github.com/go-rados/go-rados/rados/radoslock"
)

// The errors of functions and methods have one of two shapes: what the reference API has returns bare
// values, everything else an ObjectError.

// referenceAPI has the functions and methods of the reference API: "NewConn", "Conn.Connect".
var referenceAPI = func() map[string]bool {
	names := make(map[string]bool)
	declared := regexp.MustCompile(`(?m)^func (?:\((?:\w+ )?\*?(\w+)\) )?(\w+)\(`)
	for _, file := range []string{"reference-api.txt", "head-api.txt"} {
		text, err := os.ReadFile("../../../rados/testdata/" + file)
		if err != nil {
			panic(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			names[strings.TrimPrefix(m[1]+"."+m[2], ".")] = true
		}
	}
	return names
}()

// failing is an exported function or method that returns an error, or an iterator that yields one.
type failing struct {
	pkg, typ, name string
	object         int // the position of the parameter that names an object, or -1
}

func (f failing) String() string {
	return strings.TrimPrefix(f.typ+"."+f.name, ".")
}

// isReference reports whether the reference API has it.
func (f failing) isReference() bool { return f.pkg == "rados" && referenceAPI[f.String()] }

// failings lists those of a package in folder ../../../rados.
func failings(t *testing.T, dir string) (list []failing) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("../../../rados", dir, "*.go"))
	require.NoError(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() || !returnsError(f) {
				continue
			}
			found := failing{pkg: file.Name.Name, name: f.Name.Name, object: objectOf(f)}
			if f.Recv != nil {
				found.typ = strings.TrimPrefix(types.ExprString(f.Recv.List[0].Type), "*")
				if !ast.IsExported(found.typ) || found.name == "Unwrap" {
					continue
				}
			}
			list = append(list, found)
		}
	}
	return list
}

// returnsError reports whether the last result of f is an error or yields one.
func returnsError(f *ast.FuncDecl) bool {
	if f.Type.Results == nil {
		return false
	}
	list := f.Type.Results.List
	typ := types.ExprString(list[len(list)-1].Type)
	return typ == "error" || strings.HasPrefix(typ, "iter.Seq2[") && strings.HasSuffix(typ, ", error]")
}

// objectOf returns the position of the parameter that names an object, or -1.
func objectOf(f *ast.FuncDecl) int {
	at := 0
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			if slices.Contains([]string{"oid", "object", "obj"}, name.Name) {
				return at
			}
			at++
		}
	}
	return -1
}

// call calls the method on recv, all of whose calls fail, and returns the error. object is the name of the
// object that it is about.
func (f failing) call(t *testing.T, recv reflect.Value, object string) error {
	t.Helper()
	method := recv.MethodByName(f.name)
	require.True(t, method.IsValid(), "%s: no value of the test has it", f)
	typ := method.Type()
	var args []reflect.Value
	for i := range typ.NumIn() {
		arg := argument(typ.In(i))
		switch {
		case i == f.object:
			arg = reflect.ValueOf(object)
		case typ.In(i) == reflect.TypeFor[context.Context]():
			arg = reflect.ValueOf(context.Background())
		case typ.In(i) == reflect.TypeFor[[]byte]():
			arg = reflect.ValueOf(data)
		}
		args = append(args, arg)
	}
	if typ.IsVariadic() {
		args = args[:len(args)-1]
	}
	return lastError(method.Call(args))
}

// assertShape asserts that err is of the shape that the error of f must have.
func (f failing) assertShape(t *testing.T, err error, object string) {
	t.Helper()
	require.Error(t, err, "%s", f)
	var named *rados.ObjectError
	isNamed := errors.As(err, &named)
	switch {
	case f.isReference():
		assert.False(t, isNamed, "%s: the reference API has it, so programs compare its error with ==: %v", f, err)
		assert.True(t, reflect.TypeOf(err).Comparable(), "%s: %v", f, err)
		if err == rados.ErrOperationIncomplete { // which the reference API has without a code
			return
		}
		coded, ok := err.(interface{ ErrorCode() int })
		if assert.True(t, ok, "%s: %v", f, err) {
			assert.Negative(t, coded.ErrorCode(), "%s: %v", f, err)
		}
	case assert.True(t, isNamed, "%s: the reference API lacks it, so its error must be an ObjectError: %v", f, err):
		assert.Contains(t, []string{f.name, f.String()}, named.Op, "%s", f)
		assert.Equal(t, object, named.Object, "%s: %v", f, err)
		assert.NotErrorAs(t, named.Err, new(*rados.ObjectError), "%s: %v names two methods", f, err)
	}
}

// receivers has, by type, a value all of whose calls fail, and the name of the object that it is about.
func receivers(t *testing.T) map[string]struct {
	value  any
	object string
} {
	o := both(t)
	object, err := radosio.Create(o.ioctx, "object")
	require.NoError(t, err)
	require.NoError(t, object.Close())
	iter, err := o.ioctx.Iter()
	require.NoError(t, err)
	iter.Close()
	lease, err := radoslock.New(o.ioctx, "object", "lock").TryLock(t.Context())
	require.NoError(t, err)
	o.ioctx.Destroy()
	o.conn.Shutdown()
	return map[string]struct {
		value  any
		object string
	}{
		"Conn":                        {value: o.conn},
		"IOContext":                   {value: o.ioctx},
		"Iter":                        {value: iter},
		"ReadOp":                      {value: rados.CreateReadOp()},
		"WriteOp":                     {value: rados.CreateWriteOp()},
		"Watcher":                     {value: new(rados.Watcher)},
		"NotifyEvent":                 {value: new(rados.NotifyEvent)},
		"GetOmapStep":                 {value: new(rados.GetOmapStep)},
		"ReadOpChecksumStep":          {value: new(rados.ReadOpChecksumStep)},
		"ReadOpExecStep":              {value: new(rados.ReadOpExecStep)},
		"ReadOpGetXattrsStep":         {value: new(rados.ReadOpGetXattrsStep)},
		"ReadOpOmapGetValsByKeysStep": {value: new(rados.ReadOpOmapGetValsByKeysStep)},
		"ReadOpOmapKeysStep":          {value: new(rados.ReadOpOmapKeysStep)},
		"ReadOpStatStep":              {value: new(rados.ReadOpStatStep)},
		"Object":                      {object, "object"},
		"ObjectAt":                    {radosio.NewObjectAt(t.Context(), o.ioctx, "object"), "object"},
		"Mutex":                       {radoslock.New(o.ioctx, "object", "lock"), "object"},
		"Lease":                       {lease, "object"},
	}
}

// noError are the methods that TestErrorShapes does not call.
var noError = map[string]string{
	"Iter.Err":     "returns the error of another method",
	"Object.Close": "returns nil",
}

// TestErrorShapes calls every exported method that returns an error on a value that is closed.
func TestErrorShapes(t *testing.T) {
	of := receivers(t)
	for _, dir := range []string{".", "radosio", "radoslock"} {
		for _, f := range failings(t, dir) {
			if f.typ == "" || noError[f.String()] != "" {
				continue
			}
			recv, ok := of[f.typ]
			if !assert.True(t, ok, "the test has no %s for %s", f.typ, f) {
				continue
			}
			object := recv.object
			if f.object >= 0 {
				object = "an object"
			}
			f.assertShape(t, f.call(t, reflect.ValueOf(recv.value), object), object)
		}
	}
}

// TestErrorShapesOfFailures has the C function of each method fail.
func TestErrorShapesOfFailures(t *testing.T) {
	rows := map[string][]method{"Conn": connMethods, "IOContext": ioctxMethods}
	for _, f := range failings(t, ".") {
		for _, m := range rows[f.typ] {
			if m.word() != f.name || m.void {
				continue
			}
			o := prepared(t, m)
			fakelibrados.Return(m.sends, -int(syscall.EPERM))
			object := ""
			if f.object >= 0 {
				object = "object"
			}
			err := m.call(o, "object")
			f.assertShape(t, err, object)
			assert.ErrorIs(t, err, rados.ErrPermissionDenied, "%s", f)
			var named *rados.ObjectError
			if f.typ == "IOContext" && errors.As(err, &named) {
				pool, err := o.ioctx.GetPoolName()
				require.NoError(t, err)
				assert.Equal(t, pool, named.Pool, "%s", f)
			}
		}
	}
}

// TestErrorShapesOfSteps performs operations that fail: the results of their steps return errors that
// name the object.
func TestErrorShapesOfSteps(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Return("rados_read_op_operate", -int(syscall.EPERM))
	op := rados.CreateReadOp()
	steps := []any{
		op.Checksum(rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{}), op.Exec("class", "method", nil), op.GetXattrs(),
		op.GetOmapKeys("", 1), op.Stat(), op.GetOmapValues("", "", 1), op.GetOmapValuesByKeys([]string{"key"}),
	}
	require.Error(t, op.Operate(ioctx, "object", rados.OperationNoFlag))
	called := 0
	for _, f := range failings(t, ".") {
		for _, step := range steps {
			recv := reflect.ValueOf(step)
			if recv.Elem().Type().Name() == f.typ {
				called++
				f.assertShape(t, f.call(t, recv, ""), "object")
			}
		}
	}
	assert.Equal(t, len(steps), called)
}

// TestErrorShapesOfFunctions calls every exported function that returns an error, so that it fails.
func TestErrorShapesOfFunctions(t *testing.T) {
	fresh(t)
	for _, function := range []string{"rados_create", "rados_create2"} {
		fakelibrados.Return(function, -int(syscall.EPERM))
	}
	ioctx := new(rados.IOContext)
	calls := map[string]func() error{
		"rados.NewConn":                   func() error { return second(rados.NewConn()) },
		"rados.NewConnWithUser":           func() error { return second(rados.NewConnWithUser("user")) },
		"rados.NewConnWithClusterAndUser": func() error { return second(rados.NewConnWithClusterAndUser("ceph", "client.user")) },
		"radosio.Open":                    func() error { return second(radosio.Open(ioctx, "object")) },
		"radosio.OpenContext":             func() error { return second(radosio.OpenContext(t.Context(), ioctx, "object")) },
		"radosio.Create":                  func() error { return second(radosio.Create(ioctx, "object")) },
		"radosio.CreateContext":           func() error { return second(radosio.CreateContext(t.Context(), ioctx, "object")) },
	}
	for _, dir := range []string{".", "radosio", "radoslock"} {
		for _, f := range failings(t, dir) {
			switch call := calls[f.pkg+"."+f.name]; {
			case f.typ != "":
			case f.pkg == "rados" && f.name == "Open":
				assert.ErrorAs(t, second(rados.Open(t.Context(), rados.Config{})), new(*rados.OpenError))
			case assert.NotNil(t, call, "the test does not call %s.%s", f.pkg, f):
				object := ""
				if f.object >= 0 {
					object = "object"
				}
				f.assertShape(t, call(), object)
			}
		}
	}
}
