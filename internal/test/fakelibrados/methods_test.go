package fakelibrados_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/rados"
)

// on is what a method is called on.
type on struct {
	conn  *rados.Conn
	ioctx *rados.IOContext
}

// method is one way to call a method of Conn or IOContext, and the call of C
// that it makes.
type method struct {
	name  string // of the method; a suffix after a space tells its rows apart
	sends string // the C function
	given []any  // its arguments; name stands for the one that the caller gives
	setup bool   // it may be called before Connect, or while a setter's error is kept
	mute  bool   // it has no error to return
	void  bool   // its C function returns nothing, so that it can't fail itself
	opens bool   // it makes an object, which can come too late
	call  func(o on, name string) error
}

// name stands for the name that the caller of a method passes.
const name = "\x00name"

// args returns the arguments that C receives for a name.
func (m method) args(as string) []any {
	var args []any
	for _, arg := range m.given {
		if arg == name {
			arg = as
		}
		args = append(args, arg)
	}
	return args
}

// named reports whether the caller passes a name.
func (m method) named() bool { return !assert.ObjectsAreEqual(m.given, m.args("")) }

func (m method) ofConn() bool {
	word, _, _ := strings.Cut(m.name, " ")
	_, ok := reflect.TypeFor[*rados.Conn]().MethodByName(word)
	return ok
}

// onEngine reports whether the call can be cancelled in flight.
func (m method) onEngine() bool { return reads[m.sends] || changes[m.sends] }

// reads reports whether such a call cannot change the object. That of a class
// can.
func (m method) reads() bool { return reads[m.sends] && !strings.HasPrefix(m.name, "Exec") }

// These are called by functions that take a completion; see lib/aio.c.
var (
	reads = map[string]bool{
		"rados_stat": true, "rados_stat2": true, "rados_getxattr": true, "rados_cmpext": true,
		"rados_read_op_operate": true,
	}
	changes = map[string]bool{
		"rados_write": true, "rados_write_full": true, "rados_append": true, "rados_writesame": true, "rados_remove": true,
		"rados_setxattr": true, "rados_rmxattr": true, "rados_unlock": true,
		"rados_write_op_operate": true, "rados_write_op_operate2": true,
	}
)

// closed returns the error of the method when its Conn or IOContext is closed.
func (m method) closed() error {
	if m.ofConn() {
		return rados.ErrNotConnected
	}
	return rados.ErrInvalidIOContext
}

var (
	data  = []byte("data")
	input = []byte("in\x00put")
	words = [][]byte{[]byte("one"), {}, []byte("three")}
)

func list(words ...string) [][]byte {
	var l [][]byte
	for _, w := range words {
		l = append(l, []byte(w))
	}
	return l
}

// third returns the error of a command.
func third(_ []byte, _ string, err error) error { return err }

// second returns the error of a call with one other result.
func second[T any](_ T, err error) error { return err }

// methods are the rows of all methods.
var methods = slices.Concat(unwrapping("Conn", connMethods), unwrapping("IOContext", ioctxMethods), operationMethods)

// operationMethods are the rows of operations, which are performed on an IOContext.
var operationMethods = []method{
	{name: "Write op", sends: "rados_write_op_operate2", given: []any{name, 7, 8, 9},
		call: func(o on, name string) error {
			op := rados.CreateWriteOp()
			op.Remove()
			return operated(op.OperateWithMtime(o.ioctx, name, rados.Timespec{Sec: 7, Nsec: 8}, 9))
		}},
	{name: "Read op", sends: "rados_read_op_operate", given: []any{name, 9},
		call: func(o on, name string) error {
			op := rados.CreateReadOp()
			op.AssertExists()
			return operated(op.Operate(o.ioctx, name, 9))
		}},
}

// forEach runs a test for each row of methods that fits.
func forEach(t *testing.T, fits func(method) bool, test func(*testing.T, method)) {
	for _, m := range methods {
		if fits(m) {
			t.Run(m.name, func(t *testing.T) { test(t, m) })
		}
	}
}

func all(method) bool { return true }

// unwrapping returns the rows of methods of a type with calls that return bare errors. The calls
// fail if the ObjectError of a method that the reference API lacks does not name the method.
func unwrapping(typ string, rows []method) []method {
	list := slices.Clone(rows)
	for i, m := range rows {
		if !referenceAPI[typ+"."+m.word()] {
			list[i].call = func(o on, name string) error { return wrapped(m.word(), m.call(o, name)) }
		}
	}
	return list
}

// again reports whether a method can be called again after it has succeeded.
func again(m method) bool { return m.name != "Connect" }

// fails reports whether a method can return an error.
func fails(m method) bool { return !m.mute }

// TestMethodsAreListed fails when the table above lacks a method.
func TestMethodsAreListed(t *testing.T) {
	// See the life cycle's tests for these.
	listed := map[string]bool{"Shutdown": true, "Destroy": true, "Close": true, "Cluster": true, "Pointer": true}
	listed["GetLastVersion"] = true // sends nothing; see TestLastVersion
	listed["SetMaxInFlight"] = true // sends nothing; see the tests of package inflight
	listed["SetMaxBlockingCalls"] = true
	listed["SetLogger"] = true // see TestSetLogger of package rados
	listed["Stats"] = true     // see TestStats
	listed["SetTracer"] = true // see TestTracer
	for _, task := range []string{"Read", "Stat", "Write", "WriteFull", "Append", "Delete"} {
		listed[task+"Task"] = true // sends nothing itself; see TestOlderTasks
	}
	listed["Tasks"] = true
	for _, w := range withs {
		listed[w.name] = true // sends more than Clone; see TestWith
	}
	for _, m := range methods {
		word, _, _ := strings.Cut(m.name, " ")
		listed[word] = true
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[*rados.Conn](), reflect.TypeFor[*rados.IOContext]()} {
		for i := range typ.NumMethod() {
			if takesContext(typ.Method(i)) {
				continue // see TestContextFormsOfNothing, and the live tests
			}
			assert.True(t, listed[typ.Method(i).Name], "methods lacks %s.%s", typ.Elem().Name(), typ.Method(i).Name)
		}
	}
}

// third2 returns the error of a call with two other results.
func third2[A, B any](_ A, _ B, err error) error { return err }

// wrapped returns the error in the ObjectError of method op.
func wrapped(op string, err error) error {
	if err == nil {
		return nil
	}
	e, ok := err.(*rados.ObjectError)
	if !ok || e.Op != op {
		return fmt.Errorf("not an ObjectError of %s: %w", op, err)
	}
	return e.Err
}

// operated returns the error of the operation as a whole.
func operated(err error) error {
	if e, ok := err.(rados.OperationError); ok {
		return e.OpError
	}
	return err
}
