package check

import (
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

var variableRE = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// waits makes sure that it is known of each C call whether it may block its thread, where
// the number of such calls is bounded: one that was forgotten could take any number of threads.
func (k *checker) waits(m *plan.Method) {
	says := func(why string) {
		if m.Waits != "" {
			k.diags.Add(m.Pos, "%s %s, so waits has no effect", m.FullName(), why)
		}
	}
	switch {
	case m.Recv == nil:
		says("is no method")
	case m.Access == plan.Record:
		says("is a step of an operation")
	case m.Access == plan.Close:
		says("ends its handle, which must not wait for room")
	case m.Engine():
		says("takes a completion")
	case m.Recv.Limit() == nil:
		says("belongs to no handle that is throttled")
	case m.Waits == "":
		k.diags.Add(m.Pos, "%s may block its thread: say what it waits for, waits: %s, %s, %s, %s or %s",
			m.FullName(), spec.WaitsOSD, spec.WaitsMon, spec.WaitsMgr, spec.WaitsRoom, spec.WaitsNothing)
	case m.Access == plan.Held && m.Acquires():
		k.diags.Add(m.Pos, "%s is called while its handle is being closed, when no call gets room: say admitted, and acquire it in Go", m.FullName())
	case m.Keeps() && m.Blocks():
		k.diags.Add(m.Pos, "%s waits, but has no way to say that it was not called", m.FullName())
	}
	switch {
	case !m.Admitted:
	case !m.Blocks():
		k.diags.Add(m.Pos, "%s waits for nothing, so admitted has no effect", m.FullName())
	case !m.Private():
		k.diags.Add(m.Pos, "%s is public, so its caller has not acquired room: say private, not go", m.FullName())
	}
}

// access makes sure that what the spec says of m's access to its handle means
// something.
func (k *checker) access(m *plan.Method) {
	call := m.Spec
	if call == nil {
		return
	}
	says := func(key, why string) { k.diags.Add(m.Pos, "%s is %s, so %s has no effect", m.FullName(), why, key) }
	for _, word := range []struct {
		key  string
		said bool
	}{{"before_connect", call.BeforeConnect}, {"unguarded", call.Unguarded}, {"replay", call.Replay != ""}} {
		switch {
		case !word.said:
		case m.Recv == nil:
			says(word.key, "no method")
		case m.Access == plan.Record:
			says(word.key, "a step of an operation")
		case m.Access == plan.Close:
			says(word.key, "what ends its handle")
		}
	}
	switch {
	case m.Access == plan.Held && !m.Private():
		k.diags.Add(m.Pos, "%s is public, so no caller keeps its handle from being freed: say private, not go", m.FullName())
	case m.Access == plan.Held && call.BeforeConnect:
		says("before_connect", "unguarded")
	}
	if m.Keep == "" || m.Recv == nil || m.Access == plan.Record || m.Access == plan.Close {
		return
	}
	switch {
	case !m.Recv.Settings:
		k.diags.Add(m.Pos, "%s has replay, but the handle %s has no settings", m.FullName(), m.Recv.Go)
	case len(m.Results()) > 0:
		k.diags.Add(m.Pos, "%s has replay, but is no setter: it returns more than an error", m.FullName())
	}
}

// environ makes sure that the name looks like an environment variable.
func (k *checker) environ(m *plan.Method) {
	if m.Environ != "" && !variableRE.MatchString(m.Environ) {
		k.diags.Add(m.Pos, "env: %q is no environment variable, such as CEPH_ARGS", m.Environ)
	}
}

// fallback makes sure that the function that stands in heeds all that the caller says,
// and answers all that the caller asks.
func (k *checker) fallback(m *plan.Method, c *plan.Call) {
	if c.Else == nil || c.Entry.Everywhere {
		return
	}
	e, f := c.Entry.Func, c.Else.Func
	for _, a := range c.Args {
		if a.Role.Name() == "fixed" {
			continue
		}
		for _, p := range a.Parts() {
			if f.Param(p.Name) == nil {
				k.diags.Hint(m.Pos, e.Prototype()+"\n"+f.Prototype(), "%s can't stand in for %s: it takes no %s",
					f.Name, e.Name, p.Type.Declare(p.Name))
			}
		}
	}
}

// around makes sure that m can do what is said of the time before and after its call.
func (k *checker) around(m *plan.Method) {
	for _, code := range m.FreshMap {
		k.errno(m.Pos, code)
	}
	for _, word := range []struct {
		key  string
		said bool
	}{{"before", m.Before != ""}, {"fresh_map", m.FreshMap != nil}} {
		switch {
		case !word.said:
		case m.Recv == nil, m.Access == plan.Record, m.Access == plan.Close, m.Access == plan.Held, m.Engine(), m.Lingers:
			k.diags.Add(m.Pos, "%s: %s is for a method of a handle that calls C itself and is not unguarded", m.FullName(), word.key)
		case !m.HasError():
			k.diags.Add(m.Pos, "%s: %s needs a method that returns an error", m.FullName(), word.key)
		}
	}
	if m.Before != "" && (!token.IsIdentifier(m.Before) || token.IsExported(m.Before)) {
		k.diags.Add(m.Pos, "%s: before: %q is not the name of a private method", m.FullName(), m.Before)
	}
	if m.FreshMap != nil && m.Recv != nil && m.Recv.Refresh == "" {
		k.diags.Add(m.Pos, "%s: fresh_map needs refresh, the method of %s that waits for the newest map", m.FullName(), m.Recv.Go)
	}
}

// order makes sure that the order of the parameters leaves none out.
func (k *checker) order(m *plan.Method) {
	if m.Order == nil {
		return
	}
	var names []string
	for _, p := range m.Params() {
		names = append(names, p.Name)
		if !slices.Contains(m.Order, p.Name) {
			k.diags.Add(m.Pos, "the params of %s leave out %s", m.FullName(), p.Name)
		}
	}
	for _, name := range m.Order {
		if !slices.Contains(names, name) {
			k.diags.Hint(m.Pos, diag.DidYouMean(name, names), "the params of %s have %s, which is no parameter", m.FullName(), name)
		}
	}
}

// named makes sure that either all results have names or none has.
func (k *checker) named(m *plan.Method) {
	if m.Named == nil {
		return
	}
	want := len(m.Results())
	if m.HasError() {
		want++
	}
	if len(m.Named) != want {
		k.diags.Add(m.Pos, "%s: result_names has %d names, but the number of results is %d", m.FullName(), len(m.Named), want)
	}
}

// fields makes sure that the struct of the results gets each of its
// fields, once.
func (k *checker) fields(m *plan.Method) {
	var known []string
	if m.Struct != nil {
		for _, f := range m.Struct.Fields {
			known = append(known, f.Go)
		}
	}
	set := make(map[string]bool)
	if field := m.Ret().Field; field != "" {
		if !slices.Contains(known, field) {
			k.diags.Hint(m.Pos, diag.DidYouMean(field, known), "%s: there is no field %s for the return value to go into", m.FullName(), field)
		}
		set[field] = true
	}
	for a := range m.Args() {
		switch {
		case a.Field == "":
		case m.Struct == nil:
			k.diags.Add(a.Pos, "%s goes into the field %s, but %s has no returns_struct", a.Param.Name, a.Field, m.FullName())
		case !slices.Contains(known, a.Field):
			k.diags.Hint(a.Pos, diag.DidYouMean(a.Field, known), "%s has no field %s for %s to go into", m.Struct.Go, a.Field, a.Param.Name)
		case set[a.Field]:
			k.diags.Add(a.Pos, "%s.%s is set twice", m.Struct.Go, a.Field)
		}
		set[a.Field] = true
	}
	for _, field := range known {
		if !set[field] {
			k.diags.Add(m.Pos, "%s leaves %s.%s unset", m.FullName(), m.Struct.Go, field)
		}
	}
}

// names makes sure that no two things have one name in the method.
func (k *checker) names(m *plan.Method) {
	taken := append(m.Taken(), k.packageLevel()...)
	claim := func(pos model.Pos, name string) {
		switch {
		case !token.IsIdentifier(name):
			k.diags.Add(pos, "%s: nothing can be called %q in Go; say another name", m.FullName(), name)
		case slices.Contains(taken, name):
			k.diags.Add(pos, "%s: something else is called %s already; say another name", m.FullName(), name)
		}
		taken = append(taken, name)
	}
	for _, a := range m.Crossing() {
		f := a.Fragment()
		for _, p := range f.Params {
			claim(a.Pos, p.Name)
		}
		for _, r := range f.Results {
			claim(a.Pos, r.Name)
		}
		for _, name := range a.Locals() {
			claim(a.Pos, name)
		}
	}
	for i, name := range m.Named {
		if name != "err" || i+1 < len(m.Named) || !m.HasError() {
			claim(m.Pos, name)
		}
	}
}

// packageLevel are the names that a method may use because of the spec: those of types,
// constants and errors, and of what makes handles.
func (k *checker) packageLevel() []string {
	var names []string
	for _, t := range k.Spec.Types {
		names = append(names, t.Go)
	}
	names = append(names, k.constNames()...)
	for _, e := range k.Spec.Errors {
		names = append(names, e.Go)
	}
	for _, h := range k.Spec.Handles {
		names = append(names, "new"+strings.ToUpper(h.Go[:min(1, len(h.Go))])+h.Go[min(1, len(h.Go)):])
	}
	return names
}

// refusals makes sure that the errors are there with which m refuses an argument.
func (k *checker) refusals(m *plan.Method) {
	for a := range m.Args() {
		for _, r := range a.Fragment().Refuse {
			if r.Error != "" {
				k.errorNamed(a.Pos, r.Error, m.FullName()+", "+a.Param.Name)
			}
		}
	}
	if m.Environ != "" {
		k.errorNamed(m.Pos, role.ArgvIn(m.Environ).Error, m.FullName()+", env")
	}
}

// shim makes sure that m has a C function to itself: those that have no name in C
// are called as the Go method is, in lower case.
func (k *checker) shim(m *plan.Method) {
	if other := k.shims[m.Shim]; other != nil && other.FullName() != m.FullName() {
		k.diags.Add(m.Pos, "%s and %s would have one C function, %s: say another name", m.FullName(), other.FullName(), m.Shim)
	}
	k.shims[m.Shim] = m
}

// results makes sure that what m returns can be told apart.
func (k *checker) results(m *plan.Method) {
	ret, grow, counts := m.Ret(), 0, 0
	tellsLength := ret.Name == "length" || ret.Name == "needed"
	for a := range m.Args() {
		f := a.Fragment()
		if f.Again != "" {
			grow++
		}
		if a.Count != nil {
			counts++
		}
		if f.Adopt != nil && (len(m.Results()) != 1 || len(m.Calls) != 1) {
			k.diags.Add(m.Pos, "%s returns a new %s, which must be its only result and come of a single call", m.FullName(), f.Adopt.Go)
		}
	}
	switch {
	case counts > 1 || counts == 1 && ret.Result:
		k.diags.Add(m.Pos, "%s: count is for the one number that a method returns, and there are more", m.FullName())
	case ret.Name == "verdict" && m.Access != plan.Close && len(m.Results()) > 1:
		k.diags.Add(m.Pos, "%s: ret: verdict must be the only result", m.FullName())
	case grow > 1 && tellsLength:
		k.diags.Add(m.Pos, "%s: ret: %s is about one buffer that grows, and there are %d", m.FullName(), ret.Name, grow)
	case grow == 0 && tellsLength:
		k.diags.Add(m.Pos, "%s: ret: %s is about a buffer that grows, and there is none; for the caller's own say count", m.FullName(), ret.Name)
	case ret.Name == "value" && m.CanFail() && k.Basic(m.Calls[len(m.Calls)-1].Entry.Func.Result) != "uint32_t":
		k.diags.Add(m.Pos, "%s: ret: value leaves no room for an error, and an argument may be refused or the function missing", m.FullName())
	}
}

// objects makes sure that no two parameters of a call stand for one object.
func (k *checker) objects(m *plan.Method) {
	for _, call := range m.Calls {
		first := make(map[string]string) // the parameter, by role
		for _, a := range call.Args {
			name := a.Role.Name()
			if name != "receiver" && name != "completion" {
				continue
			}
			if other := first[name]; other != "" {
				k.diags.Hint(a.Pos, call.Entry.Func.Prototype(), "%s: %s and %s can't both be the %s; null passes NULL for one of them",
					call.Entry.Func.Name, other, a.Param.Name, name)
			}
			first[name] = a.Param.Name
		}
	}
}

// instead makes sure that what m is there instead of is nothing that it calls.
func (k *checker) instead(m *plan.Method) {
	for _, e := range m.Instead {
		for _, call := range m.Calls {
			if slices.Contains([]*plan.Entry{call.Entry, call.Else, call.Twin, call.Free}, e) {
				k.diags.Add(m.Pos, "%s, supersedes: %s is what it calls", m.FullName(), e.Func.Name)
			}
		}
	}
}

// engine makes sure that m can be under way while its goroutine is parked.
func (k *checker) engine(m *plan.Method) {
	switch {
	case !m.Engine():
		if m.Changes {
			k.diags.Add(m.Pos, "%s takes no completion, so changes has no effect", m.FullName())
		}
		if m.Lingers {
			k.diags.Add(m.Pos, "%s takes no completion, so completes_on_callback has no effect", m.FullName())
		}
	case m.Changes && m.Lingers:
		k.diags.Add(m.Pos, "%s has both changes and completes_on_callback, which is not supported", m.FullName())
	case !m.Gated():
		k.diags.Add(m.Pos, "%s takes a completion, so it must be a method that returns an error and may be refused at its handle", m.FullName())
	}
}

// record makes sure that m, where it has to do with recorded operations, leaves
// to hand-written code what is more than a description can say.
func (k *checker) record(m *plan.Method) {
	e := m.Calls[0].Entry
	complain := func(format string) {
		k.diags.Hint(m.Pos, e.Func.Prototype(), "%s "+format, m.FullName())
	}
	recorded := func(a *plan.Arg) bool { return a.Role.Name() == "recorded" }
	switch {
	case m.Amends && (m.Access != plan.Record || m.Reports()):
		complain("can't modify the step before it: it is no method of a recorded handle, or has an outcome of its own")
	case m.Access != plan.Record:
		if slices.ContainsFunc(slices.Collect(m.Args()), recorded) && !m.Private() {
			complain("performs what was recorded, which hand-written code must seal first: say private, not go")
		}
	case e == m.Recv.FreeEntry:
		complain("can't be a step: it frees the operation, which is done behind the steps; say via")
	case !e.Func.Result.IsVoid():
		complain("can't be a step: it returns something")
	case m.Tells() && !m.Private():
		complain("has a result, which hand-written code must deal with: say private, not go")
	case m.Tells() && !m.Reports():
		complain("can't be a step: it has a result, but no int * to say whether it was performed")
	}
	k.places(m)
}

// places makes sure that no two results of a step go to one place.
func (k *checker) places(m *plan.Method) {
	taken := make(map[string]string)
	for a := range m.Args() {
		if a.Role.Name() != "outcome" {
			continue
		}
		for param, place := range a.Fragment().Give {
			if other := taken[place]; other != "" {
				k.diags.Hint(a.Pos, m.Calls[0].Entry.Func.Prototype(), "%s: a step has one place for what %s and %s are told",
					m.FullName(), min(param, other), max(param, other))
			}
			taken[place] = param
		}
	}
}
