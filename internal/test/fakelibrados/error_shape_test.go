package fakelibrados_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
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
	"Conn.Close":       "returns nil",
	"IOContext.Close":  "returns nil",
	"Iter.Err":         "returns the error of another method",
	"LogMonitor.Close": "returns nil",
	"Object.Close":     "returns nil",
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

// namedArguments has the field Argument of the errors of methods, with or without a context, whose texts are
// "text" and whose numbers are 7. A method that takes a text or the id of a snapshot in addition to the object
// needs a line.
var namedArguments = map[string]string{
	"Conn.BlocklistAdd":                    `client "text"`,
	"Conn.DeletePool":                      "", // in the field Pool, as in the next ones
	"Conn.GetPoolByName":                   "",
	"Conn.MakePool":                        "",
	"Conn.OpenIOContext":                   "",
	"Conn.MakePoolWithCrushRule":           "CRUSH rule 7",
	"Conn.GetBaseTier":                     "pool 7",
	"Conn.GetPoolByID":                     "pool 7",
	"Conn.ListInconsistentPGs":             "pool 7",
	"Conn.OpenIOContextByID":               "pool 7",
	"Conn.MgrCommandTarget":                `manager "text"`,
	"Conn.MgrCommandTargetWithInputBuffer": `manager "text"`,
	"Conn.MonCommandTarget":                `monitor "text"`,
	"Conn.MonCommandTargetWithInputBuffer": `monitor "text"`,
	"Conn.PingMonitor":                     `monitor "text"`,
	"Conn.OsdCommand":                      "OSD 7",
	"Conn.OsdCommandWithInputBuffer":       "OSD 7",
	"Conn.PGCommand":                       `placement group "data"`,
	"Conn.PGCommandWithInputBuffer":        `placement group "data"`,
	"Conn.MonitorLog":                      `level "text"`,
	"Conn.RegisterService":                 `daemon "text.text"`,
	"IOContext.BreakLock":                  `lock "text", client "text"`,
	"IOContext.RevokeLock":                 `lock "text", client "text"`,
	"IOContext.ListLockers":                `lock "text"`,
	"IOContext.Lock":                       `lock "text"`,
	"IOContext.LockExclusive":              `lock "text"`,
	"IOContext.LockShared":                 `lock "text"`,
	"IOContext.RLock":                      `lock "text"`,
	"IOContext.ReleaseLock":                `lock "text"`,
	"IOContext.Unlock":                     `lock "text"`,
	"IOContext.CreateSnap":                 `snapshot "text"`,
	"IOContext.LookupSnap":                 `snapshot "text"`,
	"IOContext.RemoveSnap":                 `snapshot "text"`,
	"IOContext.RollbackSnap":               `snapshot "text"`,
	"IOContext.GetSnapName":                "snapshot 7",
	"IOContext.GetSnapStamp":               "snapshot 7",
	"IOContext.RemoveSelfManagedSnap":      "snapshot 7",
	"IOContext.RollbackSelfManagedSnap":    "snapshot 7",
	"IOContext.SetSelfManagedSnapContext":  "", // no snapshot need exist, as in the next ones
	"IOContext.SetSnapContext":             "",
	"IOContext.WithSnapContext":            "",
	"IOContext.WithReadSnap":               "",
	"IOContext.EnableApplication":          `application "text"`,
	"IOContext.ListApplicationMetadata":    `application "text"`,
	"IOContext.GetApplicationMetadata":     `application "text", key "text"`,
	"IOContext.RemoveApplicationMetadata":  `application "text", key "text"`,
	"IOContext.SetApplicationMetadata":     `application "text", key "text"`,
	"IOContext.GetXattr":                   `attribute "text"`,
	"IOContext.RmXattr":                    `attribute "text"`,
	"IOContext.SetXattr":                   `attribute "text"`,
	"IOContext.Exec":                       `method "text.text"`,
	"IOContext.WithLocator":                "", // only a closed IOContext fails, as in the next one
	"IOContext.WithNamespace":              "",
	"IOContext.GetAllOmapValues":           "", // the texts are limits, as in the next ones
	"IOContext.GetOmapValues":              "",
	"IOContext.ListOmapValues":             "",
	"IOContext.Omap":                       "",
	"IOContext.OmapViews":                  "",
}

// TestErrorsNameArguments has the methods of a Conn and an IOContext that are closed return errors.
func TestErrorsNameArguments(t *testing.T) {
	of := receivers(t)
	unused := maps.Clone(namedArguments)
	for _, f := range failings(t, ".") {
		if f.typ != "Conn" && f.typ != "IOContext" || f.isReference() {
			continue
		}
		method := reflect.ValueOf(of[f.typ].value).MethodByName(f.name)
		var args []reflect.Value
		names := false
		for i := range method.Type().NumIn() {
			typ := method.Type().In(i)
			arg := argument(typ)
			switch {
			case typ == reflect.TypeFor[context.Context]():
				arg = reflect.ValueOf(context.Background())
			case typ.Kind() == reflect.String:
				arg = reflect.ValueOf("text")
			case typ == reflect.TypeFor[[]byte]():
				arg = reflect.ValueOf([]byte("data"))
			case typ.ConvertibleTo(reflect.TypeFor[int]()):
				arg = reflect.ValueOf(7).Convert(typ)
			}
			names = names || i != f.object && (typ.Kind() == reflect.String || typ == reflect.TypeFor[rados.SnapID]())
			args = append(args, arg)
		}
		want, known := namedArguments[f.String()]
		key := f.String()
		if !known {
			key = strings.TrimSuffix(key, "Context")
			want, known = namedArguments[key]
		}
		if delete(unused, key); !known {
			assert.False(t, names, "%s names something, and has no line in namedArguments", f)
			continue
		}
		err := lastError(method.Call(args))
		var named *rados.ObjectError
		if assert.ErrorAs(t, err, &named, "%s", f) {
			assert.Equal(t, want, named.Argument, "%s", f)
			assert.Contains(t, err.Error(), want)
		}
	}
	assert.Empty(t, unused, "no method has these names")
}

// counterparts has, for methods whose errors are bare and that have no form with a context, the function whose
// error names what it is about, or the reason why none is needed.
var counterparts = map[string]string{
	"Conn.GetConfigOption":        "Open", // that sets the option
	"Conn.ParseCmdLineArgs":       "Open",
	"Conn.ParseConfigArgv":        "Open",
	"Conn.ParseDefaultConfigEnv":  "Open",
	"Conn.ReadConfigFile":         "Open",
	"Conn.ReadDefaultConfigFile":  "Open",
	"Conn.SetConfigOption":        "Open",
	"Conn.GetAddrs":               "it has no arguments",
	"Conn.GetFSID":                "it has no arguments",
	"IOContext.Alignment":         "it has no arguments",
	"IOContext.GetLastVersion":    "it has no arguments",
	"IOContext.GetNamespace":      "it has no arguments",
	"IOContext.GetPoolName":       "it has no arguments",
	"IOContext.Iter":              "it has no arguments",
	"IOContext.RequiresAlignment": "it has no arguments",
	"IOContext.SetPoolFullTry":    "IOContext.WithPoolFullTry",
	"IOContext.UnsetPoolFullTry":  "IOContext.WithoutPoolFullTry",
	"IOContext.SetReadSnap":       "IOContext.WithReadSnap",
}

// TestBareErrorsHaveCounterparts expects each method of a Conn and an IOContext whose errors are bare to have a
// form whose errors are not.
func TestBareErrorsHaveCounterparts(t *testing.T) {
	known := make(map[string]bool)
	for _, f := range failings(t, ".") {
		known[f.String()] = true
	}
	unused := maps.Clone(counterparts)
	for name := range known {
		typ, method, _ := strings.Cut(name, ".")
		if typ != "Conn" && typ != "IOContext" || !referenceAPI[name] || known[name+"Context"] {
			continue
		}
		other, ok := counterparts[name]
		assert.True(t, ok, "%s has no form with a context, and no line in counterparts", method)
		assert.True(t, known[other] && !referenceAPI[other] || strings.Contains(other, " "), "%s: there is no %s", name, other)
		delete(unused, name)
	}
	assert.Empty(t, unused)
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
		"radosio.ReadAll":                 func() error { return second(radosio.ReadAll(t.Context(), ioctx, "object")) },
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
