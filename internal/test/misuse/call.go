package misuse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/striper"
)

// Result is the result of a call.
type Result struct {
	Results []reflect.Value
	// Fails reports whether the function can return an error, as its last result or
	// from the sequence that it returns. Err is that error.
	Fails bool
	Err   error
	// Failure reports a panic, or a call that did not return in time.
	Failure error
	// Panic is the value of a documented panic.
	Panic error
}

// callTimeout limits the duration of a call.
const callTimeout = 60 * time.Second

// WithContext returns the call with ctx as its context, if it has one.
func (c Call) WithContext(ctx context.Context) Call {
	c.Args = slices.Clone(c.Args)
	for i, a := range c.Args {
		if a.Value.Type().Implements(reflect.TypeFor[context.Context]()) {
			c.Args[i].Value = reflect.ValueOf(&ctx).Elem()
		}
	}
	return c
}

// Do makes the call in a new goroutine. If the call does not return in time, Do
// abandons it and returns the stacks of all goroutines as its Failure.
func (c Call) Do() Result {
	done := make(chan Result, 1)
	go func() {
		var o Result
		defer func() { done <- o }()
		defer func() {
			if p := recover(); p != nil && c.mayPanic(p) {
				o.Panic = p.(error)
			} else if p != nil {
				o.Failure = fmt.Errorf("%v panics: %v\n%s", c, p, debug.Stack())
			}
		}()
		o = c.do()
	}()
	select {
	case o := <-done:
		return o
	case <-time.After(callTimeout):
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		return Result{Failure: fmt.Errorf("%v does not return in %v\n%s", c, callTimeout, stacks)}
	}
}

func (c Call) do() (o Result) {
	var in []reflect.Value
	for _, a := range c.Args {
		in = append(in, own(a.Value))
	}
	f := reflect.ValueOf(c.Function.Func)
	call := f.Call
	if f.Type().IsVariadic() {
		call = f.CallSlice
	}
	o.Results = call(in)
	for _, r := range o.Results {
		switch {
		case r.Type() == errorType:
			o.Fails = true
			o.Err, _ = r.Interface().(error)
		case r.Type() == taskType:
			o.Fails = true
			o.Err = perform(r.Interface().(*rados.Task))
		case sequence(r.Type()):
			o.Fails = true
			o.Err = drain(r)
		}
	}
	return o
}

// own returns a copy of a buffer: calls at the same time that fill the same one are a race of their caller.
func own(v reflect.Value) reflect.Value {
	if v.Type() == reflect.TypeFor[[]byte]() && v.Len() <= 4096 {
		return reflect.ValueOf(bytes.Clone(v.Bytes()))
	}
	return v
}

var (
	errorType = reflect.TypeFor[error]()
	taskType  = reflect.TypeFor[*rados.Task]()
)

// perform performs a task and returns its error.
func perform(task *rados.Task) (err error) {
	for t := range rados.Pipeline(context.Background(), 1, slices.Values([]*rados.Task{task})) {
		err = t.Err
	}
	return err
}

// sequence reports whether t is an iterator whose second value is an error.
func sequence(t reflect.Type) bool {
	return t.Kind() == reflect.Func && t.NumIn() == 1 && t.In(0).Kind() == reflect.Func &&
		t.In(0).NumIn() == 2 && t.In(0).In(1) == errorType
}

// drain ranges over a sequence twice: for one value, then for up to 5000. It returns the first error.
func drain(seq reflect.Value) (err error) {
	for _, limit := range []int{1, 5000} {
		n := 0
		yield := reflect.MakeFunc(seq.Type().In(0), func(args []reflect.Value) []reflect.Value {
			if err == nil {
				err, _ = args[1].Interface().(error)
			}
			n++
			return []reflect.Value{reflect.ValueOf(n < limit)}
		})
		seq.Call([]reflect.Value{yield})
	}
	return err
}

// End closes the results of the call.
func (o Result) End() {
	for _, r := range o.Results {
		if r.Kind() != reflect.Pointer || r.IsNil() {
			continue
		}
		switch v := r.Interface().(type) {
		case *rados.Conn:
			v.Shutdown()
		case *rados.IOContext:
			v.Destroy()
		case *rados.Iter:
			v.Close()
		case *rados.Watcher:
			v.Delete()
		case *rados.LogMonitor:
			v.Stop()
		case *striper.Striper:
			v.Destroy()
		}
	}
}

// usableWhenClosed lists the functions that return a result after the end of their
// receiver, with the reason.
var usableWhenClosed = map[string]string{
	"Conn.Close":            "a second end has no effect",
	"Conn.Stats":            "the numbers are 0, the bounds remain",
	"IOContext.Close":       "a second end has no effect",
	"IOContext.GetPoolID":   "its error is -1",
	"IOContext.Tasks":       "the tasks have the error",
	"LogMonitor.Close":      "a second end has no effect",
	"Striper.Close":         "a second end has no effect",
	"Striper.Tasks":         "the tasks have the error",
	"Iter.Err":              "it returns the error of the last Next",
	"Watcher.Close":         "it returns the error of ending the watch",
	"Watcher.ID":            "the number remains valid",
	"Watcher.Delete":        "it returns the error of ending the watch",
	"Watcher.DeleteContext": "it returns the error of ending the watch",
}

// returnHandle lists the functions that return a C handle. They panic if it does not exist.
var returnHandle = map[string]bool{"Conn.Cluster": true, "IOContext.Pointer": true}

// mayPanic reports whether p is the documented panic of the function.
func (c Call) mayPanic(p any) bool {
	err, ok := p.(error)
	return ok && returnHandle[c.Function.Name] && strings.HasPrefix(err.Error(), "rados: "+c.Function.Name+" called on a nil or closed ")
}

// Check returns an error if the call failed to return, panicked, or succeeded with a
// closed argument.
func (c Call) Check(o Result) error {
	if o.Failure != nil {
		return o.Failure
	}
	for _, r := range o.Results {
		if r.Kind() == reflect.Chan {
			if err := closes(r, c.Ended()); err != nil {
				return fmt.Errorf("%v: %w", c, err)
			}
		}
	}
	if returnHandle[c.Function.Name] {
		return c.checkHandle(o)
	}
	if !c.Ended() || usableWhenClosed[c.Function.Name] != "" {
		return nil
	}
	if o.Fails {
		for _, a := range c.Args {
			if a.Ended != nil && (errors.Is(o.Err, a.Ended) || c.mixed && o.Err != nil) {
				return nil
			}
		}
		return fmt.Errorf("%v returns the error %v", c, o.Err)
	}
	for _, r := range o.Results {
		told := !r.IsZero() && r.Kind() != reflect.Chan
		if told && !strings.HasSuffix(r.Type().String(), "Step") { // a step without a result is none
			return fmt.Errorf("%v returns %v", c, r)
		}
	}
	return nil
}

// checkHandle is Check for a function that returns a C handle.
func (c Call) checkHandle(o Result) error {
	if !c.Ended() {
		return o.Panic
	}
	for _, a := range c.Args {
		if a.Ended != nil && errors.Is(o.Panic, a.Ended) {
			return nil
		}
	}
	return fmt.Errorf("%v panics with %v", c, o.Panic)
}

// closes returns an error if a channel that should be closed is not.
func closes(c reflect.Value, ended bool) error {
	for ended {
		chosen, _, ok := reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: c},
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(time.After(callTimeout))},
		})
		if chosen == 1 {
			return errors.New("a channel that stays open")
		}
		if !ok {
			return nil
		}
	}
	return nil
}
