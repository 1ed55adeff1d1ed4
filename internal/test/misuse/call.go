package misuse

import (
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
)

// Outcome is what came of a call.
type Outcome struct {
	Results []reflect.Value
	// Fails says whether the function can return an error, as its last result or from the
	// sequence that it returns. Err is that error.
	Fails bool
	Err   error
	// Trouble is a panic, or that the call did not return in time.
	Trouble error
	// Panic is the value of a panic that the function is documented to have.
	Panic error
}

// patience is how long a call may take.
const patience = 60 * time.Second

// Do makes the call, in a goroutine of its own. A call that does not return in time is
// left to itself; its trouble is the stacks of all goroutines.
func (c Call) Do() Outcome {
	done := make(chan Outcome, 1)
	go func() {
		var o Outcome
		defer func() { done <- o }()
		defer func() {
			if p := recover(); p != nil && c.mayPanic(p) {
				o.Panic = p.(error)
			} else if p != nil {
				o.Trouble = fmt.Errorf("%v panics: %v\n%s", c, p, debug.Stack())
			}
		}()
		o = c.do()
	}()
	select {
	case o := <-done:
		return o
	case <-time.After(patience):
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		return Outcome{Trouble: fmt.Errorf("%v does not return in %v\n%s", c, patience, stacks)}
	}
}

func (c Call) do() (o Outcome) {
	var in []reflect.Value
	for _, a := range c.Args {
		in = append(in, a.Value)
	}
	o.Results = reflect.ValueOf(c.Function.Func).Call(in)
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

var (
	errorType = reflect.TypeFor[error]()
	taskType  = reflect.TypeFor[*rados.Task]()
)

// perform does what a task is for, and returns its error.
func perform(task *rados.Task) (err error) {
	for t := range rados.Pipeline(context.Background(), 1, slices.Values([]*rados.Task{task})) {
		err = t.Err
	}
	return err
}

// sequence reports whether t is one to range over, which ends with an error if any.
func sequence(t reflect.Type) bool {
	return t.Kind() == reflect.Func && t.NumIn() == 1 && t.In(0).Kind() == reflect.Func &&
		t.In(0).NumIn() == 2 && t.In(0).In(1) == errorType
}

// drain goes through a sequence: once a little, then for as long as it is reasonable.
func drain(seq reflect.Value) (err error) {
	for _, limit := range []int{1, 5000} {
		n := 0
		yield := reflect.MakeFunc(seq.Type().In(0), func(args []reflect.Value) []reflect.Value {
			err, _ = args[1].Interface().(error)
			n++
			return []reflect.Value{reflect.ValueOf(n < limit)}
		})
		seq.Call([]reflect.Value{yield})
	}
	return err
}

// End gives back what the call has returned.
func (o Outcome) End() {
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
		}
	}
}

// keepTheirAnswer are the functions that have something to tell even of what has come to
// its end, and why.
var keepTheirAnswer = map[string]string{
	"IOContext.GetPoolID": "its error is -1",
	"Iter.Err":            "it tells what the last Next met with",
	"Watcher.ID":          "the number stays",
	"Watcher.Delete":      "it tells what ending the watch met with",
}

// handsOut are the functions that hand out a C handle. They panic where there is none.
var handsOut = map[string]bool{"Conn.Cluster": true, "IOContext.Pointer": true}

// mayPanic reports whether p is the documented panic of the function.
func (c Call) mayPanic(p any) bool {
	err, ok := p.(error)
	return ok && handsOut[c.Function.Name] && strings.HasPrefix(err.Error(), "rados: "+c.Function.Name+" is called on nil or what has ended: ")
}

// Judge says what is wrong with an outcome: there was trouble, or something of no more use
// was used with success.
func (c Call) Judge(o Outcome) error {
	if o.Trouble != nil {
		return o.Trouble
	}
	for _, r := range o.Results {
		if r.Kind() == reflect.Chan {
			if err := closes(r, c.Ended()); err != nil {
				return fmt.Errorf("%v: %w", c, err)
			}
		}
	}
	if handsOut[c.Function.Name] {
		return c.judgeHandle(o)
	}
	if !c.Ended() || keepTheirAnswer[c.Function.Name] != "" {
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

// judgeHandle is Judge for a function that hands out a C handle.
func (c Call) judgeHandle(o Outcome) error {
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

// closes reports an error if a channel that should be closed is not.
func closes(c reflect.Value, ended bool) error {
	for ended {
		chosen, _, ok := reflect.Select([]reflect.SelectCase{
			{Dir: reflect.SelectRecv, Chan: c},
			{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(time.After(patience))},
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
