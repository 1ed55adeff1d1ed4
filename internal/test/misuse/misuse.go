// Package misuse calls every function that the generated packages export, with ordinary and with
// invalid arguments. The functions come from a generated list, the arguments from the
// types and names of the parameters.
package misuse

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/go-rados/go-rados/internal/test/await"
)

// Function is an exported function or method of a generated package.
type Function struct {
	Name   string   // "Conn.Connect"
	Func   any      // of a method, with the receiver as its first parameter
	Params []string // without the receiver
}

// functions has all functions by the folders of their packages.
var functions = map[string][]Function{}

func add(folder string, list []Function) { functions[folder] = list }

// Packages returns the folders of the generated packages, sorted.
func Packages() []string { return slices.Sorted(maps.Keys(functions)) }

// Functions returns all functions of the package in a folder, sorted by name.
func Functions(folder string) []Function { return slices.Clone(functions[folder]) }

func (f Function) typ() reflect.Type { return reflect.TypeOf(f.Func) }

// method reports whether the first parameter is a receiver.
func (f Function) method() bool { return f.typ().NumIn() > len(f.Params) }

// param returns the name of parameter i; the receiver is parameter 0.
func (f Function) param(i int) string {
	if f.method() {
		i--
	}
	if i < 0 {
		return "receiver"
	}
	return f.Params[i]
}

// Arg is an argument.
type Arg struct {
	Label string
	Value reflect.Value
	Ended error  // the error of a call with this argument, or nil if it is usable
	end   func() // frees it
}

// Call is a call of a function.
type Call struct {
	Function Function
	Args     []Arg
	mixed    bool // more than one may be hostile
}

func (c Call) String() string {
	text := c.Function.Name + "("
	for i, a := range c.Args {
		if i > 0 {
			text += ", "
		}
		text += c.Function.param(i) + ": " + a.Label
	}
	return text + ")"
}

// Ended reports whether the call has a closed argument.
func (c Call) Ended() bool {
	return slices.ContainsFunc(c.Args, func(a Arg) bool { return a.Ended != nil })
}

// End frees the arguments of the call.
func (c Call) End() {
	for _, a := range slices.Backward(c.Args) {
		if a.end != nil {
			a.end()
		}
	}
}

// source returns an argument.
type source func() Arg

// Choices lists the possible arguments of each parameter of a function.
type Choices struct {
	stage    *Fixture
	f        Function
	ordinary []source
	hostile  [][]source
}

// Choices returns the choices of s for f.
func (s *Fixture) Choices(f Function) Choices {
	c := Choices{stage: s, f: f}
	for i := range f.typ().NumIn() {
		ordinary, hostile := s.sources(f, i)
		c.ordinary = append(c.ordinary, ordinary)
		c.hostile = append(c.hostile, hostile)
	}
	return c
}

// Ordinary returns a call with ordinary arguments.
func (c Choices) Ordinary() Call { return c.call(func(i int) source { return c.ordinary[i] }) }

// Each yields every call with one argument that is not ordinary.
func (c Choices) Each(yield func(Call) bool) {
	for odd, list := range c.hostile {
		for _, hostile := range list {
			call := c.call(func(i int) source {
				if i == odd {
					return hostile
				}
				return c.ordinary[i]
			})
			if !yield(call) {
				return
			}
		}
	}
}

// Mixed returns a call with arguments that pick selects; pick returns a number below n.
func (c Choices) Mixed(pick func(n int) int) Call {
	call := c.call(func(i int) source {
		if n := pick(len(c.hostile[i]) + 1); n > 0 {
			return c.hostile[i][n-1]
		}
		return c.ordinary[i]
	})
	call.mixed = true
	return call
}

// Ending is a call of which an argument is closed at the same time.
type Ending struct {
	Call  Call
	End   func()
	After Call // the same call, after the end
}

// Race makes the call from four goroutines, times in each, while the argument is closed. It returns
// an error for each call that panics or does not return, and one if the call after the
// end does not return the wanted error.
func (e Ending) Race(times int) error {
	var wg await.Group
	failures := make(chan error, 4*times)
	for range 4 {
		wg.Go(func() {
			for range times {
				o := e.Call.Do()
				failures <- o.Failure
				o.End()
			}
		})
	}
	wg.Go(e.End)
	wg.Wait()
	close(failures)
	var errs []error
	for err := range failures {
		errs = append(errs, err)
	}
	errs = append(errs, e.After.Check(e.After.Do()))
	e.After.End()
	return errors.Join(errs...)
}

// Endings yields the ways to close an argument of an ordinary call.
func (c Choices) Endings(yield func(Ending) bool) {
	for i := range c.ordinary {
		k, ok := kinds[c.f.typ().In(i)]
		if !ok {
			continue
		}
		if k.closed != nil && !yield(c.ending(i, "closed", nil, k.closed)) {
			return
		}
		for _, e := range ends {
			if !k.apart && !yield(c.ending(i, e.label, e.end, cmp.Or(k.gone, e.err))) {
				return
			}
		}
	}
}

// ending closes the argument of parameter i, or its parent with end.
func (c Choices) ending(i int, label string, end func(on), err error) Ending {
	own := c.stage.open(c.stage.Connect, c.f.pool())
	call := c.Ordinary()
	v, closing := kinds[c.f.typ().In(i)].live(own)
	unused := call.Args[i].end
	call.Args[i] = Arg{Label: label, Value: reflect.ValueOf(v), end: func() { unused(); own.conn.Shutdown() }}
	ended := call
	ended.Args = slices.Clone(call.Args)
	ended.Args[i].Ended = err
	return Ending{Call: call, After: ended, End: func() {
		if end == nil {
			closing()
		} else {
			end(own)
		}
	}}
}

func (c Choices) call(from func(i int) source) Call {
	call := Call{Function: c.f}
	for i := range c.ordinary {
		call.Args = append(call.Args, from(i)())
	}
	return call
}

func (s *Fixture) sources(f Function, i int) (ordinary source, hostile []source) {
	t := f.typ().In(i)
	if states := s.states(t, f.pool()); states != nil {
		return states[0], states[1:]
	}
	ordinary = given("ordinary", func() reflect.Value { return ordinaryValue(f.Name, f.param(i), t) })
	for _, v := range hostileValues(t) {
		hostile = append(hostile, given(label(v), func() reflect.Value { return v }))
	}
	if t.Kind() == reflect.Func {
		hostile = append(hostile, given("Shutdown", func() reflect.Value {
			conn := s.Conn()
			return function(t, conn.Shutdown)
		}))
	}
	return ordinary, hostile
}

func given(label string, value func() reflect.Value) source {
	return func() Arg { return Arg{Label: label, Value: value()} }
}

// label describes a value briefly.
func label(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Func, reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		return v.Type().String()
	}
	text := fmt.Sprintf("%#v", v)
	if len(text) > 60 {
		return text[:60] + "…"
	}
	return text
}
