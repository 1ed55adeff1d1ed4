package cgen

import (
	"maps"
	"strings"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/role"
)

// shim is the C function below one Go method: it does in one crossing all that
// the method needs of C.
type shim struct {
	Name, Result string   // Result is the type of ret, which is returned or put in *outcome
	Enter        string   // what keeps a call out, where the shim enters the handle, or ""
	Engine       bool     // it enters one of the places, or only starts the call
	Functions    []string // the C functions that it uses, of which each is its own
	Params       []string
	Locals       []string // in the order of their declaration
	Prepare      []string // statements that may set ret below 0
	Calls        []shimCall
	Done         []string // statements that always run
}

// shimCall is one call of the library in a shim.
type shimCall struct {
	Statement string
	Function  string   // that may be missing
	Else      string   // the statement instead, if it is
	Result    string   // the C type of what it returns
	Again     string   // the condition on which it is repeated
	Each      []string // statements for each item, where it drains an iterator
	Locals    []string // that belong to each item
	Until     string   // the item that marks the end
	Page      string   // what the names of the page begin with that calls fill, or ""
	Enters    bool     // the shim enters the handle
	Object    string   // the object that it makes, which may be NULL
	Guard     bool     // nothing is called once ret is below 0
	When      string   // the condition on which it is called at all, or ""
}

// If is the whole condition on which the function is called, or "".
func (c shimCall) If() string {
	switch {
	case !c.Guard:
		return c.When
	case c.When == "":
		return "ret >= 0"
	}
	return "ret >= 0 && " + c.When
}

func newShim(m *ir.Method) shim {
	s := shim{Name: m.Shim, Result: shimResult(m), Enter: shimEnters(m), Engine: m.Async}
	for _, e := range m.MayLack() {
		s.Prepare = append(s.Prepare, "if (ret >= 0 && !"+e.Name+")\n\t\tret = "+ctype.MissingCode(e.Name))
	}
	for _, call := range m.Changing() {
		s.Prepare = append(s.Prepare, "if (ret >= 0 && !"+call.Function.Name+" && !"+call.Else.Name+")\n\t\tret = "+ctype.MissingCode(call.Function.Name))
	}
	for _, a := range m.ShimArgs() {
		f := role.Render(a)
		s.Functions = append(s.Functions, f.Functions...)
		s.Params = append(s.Params, f.ShimParams...)
	}
	if m.Access == ir.Record {
		s.Params, _ = stepArgs(m)
	}
	if m.Replaces() != nil {
		s.Params = append(s.Params, "uintptr_t own", "int attempt", m.Recv.C+" *replacement")
	}
	if m.GuardedInC {
		s.Params = append(s.Params, "int64_t *outcome")
	}
	if len(s.Params) == 0 {
		s.Params = []string{"void"}
	}
	guard := len(s.Prepare) > 0 || m.Any(func(p *ir.Part) bool { return p.Checked }) || m.GuardedInC
	var free []string
	when := ""
	if m.Replaces() != nil {
		when = "!own" // until the object is made
	}
	for _, call := range m.Calls {
		s.add(call, guard, when)
		guard = true // that call may fail
		switch {
		case call.Replaces:
			when = "attempt"
			s.Prepare = append(s.Prepare, "if (own)\n\t\t"+call.As+" = ("+m.Recv.C+")own")
			free = append(free, "if (!own && ret >= 0)\n\t\t*replacement = "+call.As,
				"else if (!own && "+call.As+")\n\t\t"+call.Free.Name+"("+call.As+")")
		case call.Free != nil:
			free = append(free, "if ("+call.As+")\n\t\t"+call.Free.Name+"("+call.As+")")
		}
	}
	for _, a := range m.ShimArgs() {
		s.Prepare = append(s.Prepare, role.Render(a).PrepareLast...)
	}
	s.Done = append(free, s.Done...)
	return s
}

// add adds one call and what its arguments contribute.
func (s *shim) add(call *ir.Call, guard bool, when string) {
	c := shimCall{Guard: guard, When: when, Result: resultType(call), Enters: s.Enter != ""}
	give := make(map[string]string)
	locals := &s.Locals
	if call.Until != "" {
		locals = &c.Locals
	}
	var again []string
	for _, a := range call.Args {
		if call.Until == a.Param.Name {
			c.Until = a.CName(call.Until)
		}
		if a.Part.Page != "" {
			c.Page, locals = a.Part.Page, &c.Locals
		}
		f := role.Render(a)
		*locals = append(*locals, f.Locals...)
		s.Prepare = append(s.Prepare, f.Prepare...)
		s.Done = append(s.Done, f.Cleanup...)
		c.Each = append(c.Each, f.PerItem...)
		maps.Copy(give, f.CallArgs)
		if f.RetryIf != "" {
			again = append(again, f.RetryIf)
		}
	}
	// Whatever is too small grows before the next attempt: "|" skips nothing.
	if c.Again = strings.Join(again, ") | ("); len(again) > 1 {
		c.Again = "(" + c.Again + ")"
	}
	s.call(&c, call, give)
	s.Calls = append(s.Calls, c)
}

// call spells the statement of one call.
func (s *shim) call(c *shimCall, call *ir.Call, give map[string]string) {
	spell := func(e *ir.Function) string {
		var args []string
		for _, p := range e.Params {
			arg := give[p.Name]
			if ir.Coarser(p, *call.Function.Param(p.Name)) {
				arg = seconds(arg)
			}
			args = append(args, arg)
		}
		text := e.Name + "(" + strings.Join(args, ", ") + ")"
		if call.Ret.EitherSign {
			return "gorados_either_sign(" + text + ")"
		}
		return text
	}
	set := ""
	switch {
	case call.Ret.Object:
		c.Object = call.As
		s.Locals = append(s.Locals, call.Function.Result.Declare(call.As)+" = NULL")
		set = call.As + " = "
	case call.Ret.Pointer:
		set = stored(give[ir.ReturnedName]) + " = "
	case call.Ret.Kept:
		set = "ret = (uintptr_t)"
	case s.Result != "void" && resultType(call) != "void":
		set = "ret = "
	}
	c.Statement = set + spell(call.Function)
	if call.Else != nil {
		c.Function, c.Else = call.Function.Name, set+spell(call.Else)
	}
}

// stored is where arg, a pointer, points to.
func stored(arg string) string {
	if object, ok := strings.CutPrefix(arg, "&"); ok {
		return object
	}
	return "*" + arg
}

// seconds is where the whole seconds are of the time that arg points to.
func seconds(arg string) string {
	if object, ok := strings.CutPrefix(arg, "&"); ok {
		return "&" + object + ".tv_sec"
	}
	return arg + " ? &" + arg + "->tv_sec : NULL"
}

// shimEnters is what keeps a call out of the shim of m, or "" where Go enters.
func shimEnters(m *ir.Method) string {
	switch {
	case !m.GuardedInC:
		return ""
	case m.Access == ir.Setup:
		return "GORADOS_CLOSED"
	}
	return "GORADOS_DENY_ALL"
}

// Type is what the shim returns. Where it enters the handle it returns nothing:
// cgo locates the caller's stack anew, twice, in a call that does.
func (s shim) Type() string {
	if s.Enter != "" {
		return "void"
	}
	return s.Result
}

// Returns is the declaration of ret, "" when the shim has none.
func (s shim) Returns() string {
	if s.Result == "void" {
		return ""
	}
	return s.Result + " ret = 0"
}

// Declares reports whether the shim begins with declarations.
func (s shim) Declares() bool { return s.Result != "void" || len(s.Locals) > 0 }

// Direct reports whether the shim is nothing but the one call.
func (s shim) Direct() bool {
	c := s.Calls[0]
	isValue := s.Result == "void" || c.Result != "void"
	return s.Enter == "" && isValue && len(s.Calls) == 1 && len(s.Locals)+len(s.Prepare)+len(s.Done) == 0 &&
		c.Again == "" && c.Each == nil && c.Else == ""
}

// Expression is the one call of a direct shim.
func (s shim) Expression() string {
	expr := strings.TrimPrefix(s.Calls[0].Statement, "ret = ")
	if s.Result != "void" {
		return "return " + expr
	}
	return expr
}

// shimResult is what the shim of m returns: an int64_t where there may be an
// error, which has room for any count as well, or else what C returns.
func shimResult(m *ir.Method) string {
	if m.CanFail {
		return "int64_t"
	}
	return resultType(m.Calls[len(m.Calls)-1])
}

func resultType(call *ir.Call) string {
	switch {
	case call.Ret.Kept:
		return "uintptr_t"
	case call.Ret.Nothing: // whatever it is
		return "void"
	}
	return call.Function.Result.String()
}

// freeShim frees memory that the library has allocated.
func freeShim(e *ir.Function) shim {
	p := e.Params[0]
	p.Name = "buf"
	return shim{
		Name:   "gorados_owned_free",
		Result: "void",
		Params: []string{p.Type.Declare(p.Name)},
		Calls:  []shimCall{{Statement: e.Name + "(" + p.Name + ")"}},
	}
}
