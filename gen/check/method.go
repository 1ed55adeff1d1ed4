package check

import (
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

var variableRE = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// waits makes sure that it is known of each C call whether it may block its thread, where
// the number of such calls is bounded: one that was forgotten could take any number of threads.
func (k *checker) waits(m *ir.Method) {
	says := func(why string) {
		if m.Waits != "" {
			k.diags.Add(m.Pos, "%s %s, so waits has no effect", m.FullName(), why)
		}
	}
	switch {
	case m.Recv == nil:
		says("is no method")
	case m.Access == ir.Record:
		says("is a step of an operation")
	case m.Access == ir.Close:
		says("ends its handle, which must not wait for room")
	case m.Async:
		says("takes a completion")
	case m.Recv.Throttle() == nil:
		says("belongs to no handle that is throttled")
	case m.Waits == "":
		k.diags.Add(m.Pos, "%s may block its thread: say what it waits for, waits: %s, %s, %s, %s or %s",
			m.FullName(), spec.WaitsOSD, spec.WaitsMon, spec.WaitsMgr, spec.WaitsAck, spec.WaitsNothing)
	case m.Access == ir.Unguarded && m.Acquires():
		k.diags.Add(m.Pos, "%s is called while its handle is being closed, when no call gets room: say admitted, and acquire it in Go", m.FullName())
	case m.Acquires() && !m.HasError:
		k.diags.Add(m.Pos, "%s waits, but has no way to say that it was not called", m.FullName())
	case m.Acquires() && len(m.Results) > 2:
		k.diags.Add(m.Pos, "%s waits, so it can have two results other than the error, not %d", m.FullName(), len(m.Results))
	}
	switch {
	case !m.Admitted:
	case !m.Blocks():
		k.diags.Add(m.Pos, "%s waits for nothing, so admitted has no effect", m.FullName())
	case !m.Private():
		k.diags.Add(m.Pos, "%s is public, so its caller has not acquired room: say private, not go", m.FullName())
	}
}

// mentionsContext makes sure that the doc comment of a method that blocks names its form with a
// context, where the spec has a sentence that does.
func (k *checker) mentionsContext(m *ir.Method) {
	if !strings.Contains(m.Sentence, "{context}") {
		return
	}
	check := func(pos model.Pos, full, name, doc string) {
		if !strings.Contains(doc, name+"Context") {
			k.diags.Add(pos, "the doc of %s does not name %sContext: put {waits} where it is about blocking", full, name)
		}
	}
	if m.HasContextForm() {
		check(m.Pos, m.FullName(), m.Name, m.Doc)
	}
	for _, form := range m.ErrorForms {
		if m.DetachedForm() != "" {
			check(form.Pos, m.Recv.Go+"."+form.Name, form.Name, form.Doc)
		}
	}
}

// inputs makes sure that what m is given can be copied, for a call that goes on after its form with a
// context has returned.
func (k *checker) inputs(m *ir.Method) {
	if !m.Acquires() {
		return
	}
	for _, p := range m.Params {
		shared := strings.HasPrefix(p.Type, "[]") || strings.HasPrefix(p.Type, "map[") || strings.HasPrefix(p.Type, "func(")
		if shared && p.Type != "[]byte" && p.Type != "[][]byte" {
			k.diags.Add(m.Pos, "%s waits, so it can't have the parameter %s: a %s is not copied", m.FullName(), p.Name, p.Type)
		}
	}
}

// access makes sure that what the spec says of m's access to its handle means
// something.
func (k *checker) access(m *ir.Method) {
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
		case m.Access == ir.Record:
			says(word.key, "a step of an operation")
		case m.Access == ir.Close:
			says(word.key, "what ends its handle")
		}
	}
	switch {
	case m.Access == ir.Unguarded && !m.Private():
		k.diags.Add(m.Pos, "%s is public, so no caller keeps its handle from being freed: say private, not go", m.FullName())
	case m.Access == ir.Unguarded && call.BeforeConnect:
		says("before_connect", "unguarded")
	}
	if m.Replay == "" || m.Recv == nil || m.Access == ir.Record || m.Access == ir.Close {
		return
	}
	switch {
	case !m.Recv.Settings:
		k.diags.Add(m.Pos, "%s has replay, but the handle %s has no settings", m.FullName(), m.Recv.Go)
	case len(m.Results) > 0:
		k.diags.Add(m.Pos, "%s has replay, but is no setter: it returns more than an error", m.FullName())
	}
}

// with makes sure that m sets something, and that a copy of its handle can be made.
func (k *checker) with(m *ir.Method) {
	switch {
	case m.With == nil:
	case m.Replay == "":
		k.diags.Add(m.With.Pos, "%s has with, but no replay: it sets nothing that a copy takes over", m.FullName())
	case m.Recv != nil && m.Recv.Copy == "":
		k.diags.Add(m.With.Pos, "%s has with, but the handle %s has no copy, the method that makes one", m.FullName(), m.Recv.Go)
	}
}

// environ makes sure that the name looks like an environment variable.
func (k *checker) environ(m *ir.Method) {
	if m.Env != "" && !variableRE.MatchString(m.Env) {
		k.diags.Add(m.Pos, "env: %q is no environment variable, such as CEPH_ARGS", m.Env)
	}
}

// detached makes sure that m can go on after its context is done.
func (k *checker) detached(m *ir.Method) {
	switch {
	case m.Undo != "" && m.Acquires():
		if !m.Ret().Answers {
			k.diags.Add(m.Pos, "%s: undo is for a detached call or for one with ret: codes", m.FullName())
		}
		for _, name := range m.UndoArgs {
			if !slices.ContainsFunc(m.Params, func(p ir.Var) bool { return p.Name == name }) {
				k.diags.Add(m.Pos, "%s: undo: there is no parameter %s", m.FullName(), name)
			}
		}
	case m.Undo != "" && !m.Detached:
		k.diags.Add(m.Pos, "%s: undo has no effect without detached", m.FullName())
	case !m.Detached:
	case m.Private() && m.Acquires():
	case !m.Async:
		k.diags.Add(m.Pos, "%s: detached is for a method that takes a completion, or a private one that waits", m.FullName())
	case m.Access == ir.Unguarded:
		k.diags.Add(m.Pos, "%s: detached is not for an unguarded call, whose caller must wait for it", m.FullName())
	case m.Adopts() != nil && (m.Undo != "" || m.Changes):
		k.diags.Add(m.Pos, "%s: a detached call that makes a %s closes it if it is late, so undo and changes have no effect", m.FullName(), m.Adopts().Go)
	case m.Undo != "" && len(m.Returns()) != 2:
		k.diags.Add(m.Pos, "%s: undo of a detached call needs one result other than the error", m.FullName())
	case len(m.Returns()) > 2:
		k.diags.Add(m.Pos, "%s: detached is not for more than one result other than the error", m.FullName())
	case m.Undo != "" && m.Any(func(p *ir.Part) bool { return p.Fills }):
		k.diags.Add(m.Pos, "%s: undo is not for a call that fills memory of the caller", m.FullName())
	}
}

// errorForm makes sure that form has an error to return, and that each of its options stands for a
// parameter of m.
func (k *checker) errorForm(m *ir.Method, form *ir.ErrorForm) {
	if !m.Ret().Answers || len(m.Results) != 1 || !m.HasError {
		k.diags.Add(form.Pos, "error form %s.%s: %s does not have ret: codes", m.Recv.Go, form.Name, m.FullName())
	}
	if form.Options == nil {
		return
	}
	var params []string
	for _, p := range m.Params {
		params = append(params, p.Name)
		if f := form.Options.Option(p.Name); f != nil && !k.passes(f.Type, p.Type) {
			k.diags.Add(f.Pos, "%s.%s, a %s, can't stand for %s of %s, a %s", form.Options.Go, f.Go, f.Type, p.Name, m.FullName(), p.Type)
		}
	}
	for _, f := range form.Options.Fields {
		if !slices.Contains(params, f.Stands()) {
			k.diags.Hint(f.Pos, diag.DidYouMean(f.Stands(), params), "%s.%s: %s has no parameter %s", form.Options.Go, f.Go, m.FullName(), f.Stands())
		}
	}
}

// passes reports whether a field of that type can be passed as a parameter: as it is, or as a
// pointer to the number that it is.
func (k *checker) passes(field, param string) bool {
	number, isPointer := strings.CutPrefix(param, "*")
	if !isPointer {
		return field == param
	}
	for _, t := range k.Types {
		if t.Go == field && t.Is != "" {
			field = t.Is
		}
	}
	return strings.Replace(field, "byte", "uint8", 1) == strings.Replace(number, "byte", "uint8", 1)
}

// options makes sure that the parameters for which the fields of t stand have an effect.
func (k *checker) options(t *ir.Type) {
	isOptions := slices.ContainsFunc(k.Methods, func(m *ir.Method) bool {
		return slices.ContainsFunc(m.ErrorForms, func(form *ir.ErrorForm) bool { return form.Options == t })
	})
	for _, f := range t.Fields {
		if f.Param != "" && !isOptions {
			k.diags.Add(f.Pos, "field %s.%s: no error form has the options %s, so param has no effect", t.Go, f.Go, t.Go)
		}
	}
}

// around makes sure that m can have the keys about the time before and after its call.
func (k *checker) around(m *ir.Method) {
	for _, code := range m.FreshMap {
		k.errno(m.Pos, code)
	}
	for _, word := range []struct {
		key  string
		said bool
	}{{"before", m.Before != nil}, {"fresh_map", m.FreshMap != nil}} {
		switch {
		case !word.said:
		case m.Recv == nil, m.Access == ir.Record, m.Access == ir.Close, m.Access == ir.Unguarded, m.Async, m.CompletesOnCallback:
			k.diags.Add(m.Pos, "%s: %s is for a method of a handle that calls C itself and is not unguarded", m.FullName(), word.key)
		case !m.HasError:
			k.diags.Add(m.Pos, "%s: %s needs a method that returns an error", m.FullName(), word.key)
		}
	}
	k.precheck(m)
	if m.FreshMap != nil && m.Recv != nil && m.Recv.Refresh == "" {
		k.diags.Add(m.Pos, "%s: fresh_map needs refresh, the method of %s that waits for the newest map", m.FullName(), m.Recv.Go)
	}
}

// precheck makes sure that m can call the method of before.
func (k *checker) precheck(m *ir.Method) {
	if m.Before == nil {
		return
	}
	if token.IsExported(m.Before.Name) {
		k.diags.Add(m.Pos, "%s: before: %q is not the name of a private method", m.FullName(), m.Before.Name)
	}
	var names []string
	for _, p := range m.Params {
		names = append(names, p.Name)
	}
	for _, name := range m.Before.Args {
		if !slices.Contains(names, name) && name != ir.ContextName {
			k.diags.Hint(m.Pos, diag.DidYouMean(name, names), "%s: before: there is no parameter %s", m.FullName(), name)
		}
	}
}

// order makes sure that the order of the parameters leaves none out.
func (k *checker) order(m *ir.Method) {
	if m.Order == nil {
		return
	}
	var names []string
	for _, p := range m.Params {
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
func (k *checker) named(m *ir.Method) {
	if m.ResultNames == nil {
		return
	}
	want := len(m.Results)
	if m.HasError {
		want++
	}
	if len(m.ResultNames) != want {
		k.diags.Add(m.Pos, "%s: result_names has %d names, but the number of results is %d", m.FullName(), len(m.ResultNames), want)
	}
}

// fields makes sure that the struct of the results gets each of its
// fields, once.
func (k *checker) fields(m *ir.Method) {
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
		case a.Keys.Field == "":
		case m.Struct == nil:
			k.diags.Add(a.Pos, "%s goes into the field %s, but %s has no returns_struct", a.Param.Name, a.Keys.Field, m.FullName())
		case !slices.Contains(known, a.Keys.Field):
			k.diags.Hint(a.Pos, diag.DidYouMean(a.Keys.Field, known), "%s has no field %s for %s to go into", m.Struct.Go, a.Keys.Field, a.Param.Name)
		case set[a.Keys.Field]:
			k.diags.Add(a.Pos, "%s.%s is set twice", m.Struct.Go, a.Keys.Field)
		}
		set[a.Keys.Field] = true
	}
	for _, field := range known {
		if !set[field] {
			k.diags.Add(m.Pos, "%s leaves %s.%s unset", m.FullName(), m.Struct.Go, field)
		}
	}
}

// refusals makes sure that the errors are there with which m refuses an argument.
func (k *checker) refusals(m *ir.Method) {
	for a := range m.Args() {
		for _, r := range a.Part.Refusals {
			if r.Error != "" {
				k.errorNamed(a.Pos, r.Error, m.FullName()+", "+a.Param.Name)
			}
		}
	}
	for _, r := range m.Refusals {
		k.errorNamed(m.Pos, r.Error, m.FullName()+", env")
	}
}

// shim makes sure that m has a C function to itself: those that have no name in C
// are called as the Go method is, in lower case.
func (k *checker) shim(m *ir.Method) {
	if other := k.shims[m.Shim]; other != nil && other.FullName() != m.FullName() {
		k.diags.Add(m.Pos, "%s and %s would have one C function, %s: say another name", m.FullName(), other.FullName(), m.Shim)
	}
	k.shims[m.Shim] = m
}

// results makes sure that what m returns can be told apart.
func (k *checker) results(m *ir.Method) {
	ret, grow, counts := m.Ret(), 0, 0
	for a := range m.Args() {
		if a.Part.Retried {
			grow++
		}
		if a.Count != nil {
			counts++
		}
	}
	if h := m.Adopts(); h.IsImported() && (len(m.Imports()) != 1 || m.Imports()[0].Handle != h.Owner) {
		k.diags.Add(m.Pos, "%s returns a new %s, so it must take one handle of another package, the %s to which that belongs", m.FullName(), h.Go, h.Owner.Go)
	}
	if h := m.Adopts(); h != nil && (len(m.Results) != 1 || len(m.Calls) != 1) {
		k.diags.Add(m.Pos, "%s returns a new %s, which must be its only result and come of a single call", m.FullName(), h.Go)
	}
	switch {
	case counts > 1 || counts == 1 && ret.Result:
		k.diags.Add(m.Pos, "%s: count is for the one number that a method returns, and there are more", m.FullName())
	case ret.Answers && m.Access != ir.Close && len(m.Results) > 1:
		k.diags.Add(m.Pos, "%s: ret: %s must be the only result", m.FullName(), ret.Name)
	case grow > 1 && ret.Sizes:
		k.diags.Add(m.Pos, "%s: ret: %s is about one buffer that grows, and there are %d", m.FullName(), ret.Name, grow)
	case grow == 0 && ret.Sizes:
		k.diags.Add(m.Pos, "%s: ret: %s is about a buffer that grows, which the function lacks; for the caller's own say count", m.FullName(), ret.Name)
	case ret.Closable && ret.Number && m.CanFail && k.union.Basic(m.Calls[len(m.Calls)-1].Function.Result) != "uint32_t":
		k.diags.Add(m.Pos, "%s: ret: %s leaves no room for an error, and an argument may be refused or the function missing", m.FullName(), ret.Name)
	}
}

// objects makes sure that no two parameters of a call stand for one object.
func (k *checker) objects(m *ir.Method) {
	for _, call := range m.Calls {
		first := make(map[string]string) // the parameter, by role
		for _, a := range call.Args {
			if !a.Part.Receiver && !a.Part.Completion {
				continue
			}
			if other := first[a.Role]; other != "" {
				k.diags.Hint(a.Pos, call.Function.Prototype(), "%s: %s and %s can't both be the %s; null passes NULL for one of them",
					call.Function.Name, other, a.Param.Name, a.Role)
			}
			first[a.Role] = a.Param.Name
		}
	}
}

// supersedes makes sure that what m is there instead of is nothing that it calls.
func (k *checker) supersedes(m *ir.Method) {
	for _, e := range m.Supersedes {
		if m.Uses(e) {
			k.diags.Add(m.Pos, "%s, supersedes: %s is what it calls", m.FullName(), e.Name)
		}
	}
}

// async makes sure that m can be in flight while its goroutine is blocked.
func (k *checker) async(m *ir.Method) {
	switch {
	case !m.Async:
		if m.Changes && !m.Acquires() {
			k.diags.Add(m.Pos, "%s takes no completion and does not wait, so changes has no effect", m.FullName())
		}
		if m.CompletesOnCallback {
			k.diags.Add(m.Pos, "%s takes no completion, so completes_on_callback has no effect", m.FullName())
		}
	case m.Changes && m.CompletesOnCallback && !m.Detached:
		k.diags.Add(m.Pos, "%s has both changes and completes_on_callback, which is not supported", m.FullName())
	case k.Completions.Cancel == nil && !m.Detached && !m.Private():
		k.diags.Add(m.Pos, "%s takes a completion, and completions have no cancel: say detached", m.FullName())
	case !m.GuardedInC:
		k.diags.Add(m.Pos, "%s takes a completion, so it must be a method that returns an error and may be refused at its handle", m.FullName())
	}
}

// places makes sure that no two results of an asynchronous call are stored in one member of its C half.
func (k *checker) places(m *ir.Method) {
	taken := make(map[string]string)
	for a := range m.Args() {
		for _, place := range a.Part.Places {
			if other := taken[place]; other != "" {
				k.diags.Hint(a.Pos, m.Calls[0].Function.Prototype(), "%s: a call that takes a completion has one place for what %s and %s are told",
					m.FullName(), other, a.Param.Name)
			}
			taken[place] = a.Param.Name
		}
	}
}

// task makes sure that a Task can hold the results of m, and that each key about tasks has an effect.
func (k *checker) task(m *ir.Method) {
	if m.Start && !(m.Async && (m.Private() || m.Detached)) {
		k.diags.Add(m.Pos, "%s: start is for a private or detached method that takes a completion", m.FullName())
	}
	if !m.CanBeTask() {
		for _, key := range []struct{ name, value string }{{"no_task", m.NoTask}, {"older_task", m.OlderTask}} {
			if key.value != "" {
				k.diags.Add(m.Pos, "%s: %s is for a public method of a handle with tasks that takes a completion and an object, and can be cancelled",
					m.FullName(), key.name)
			}
		}
		return
	}
	recv, _, _ := strings.Cut(m.OlderTask, ".")
	switch _, fits := m.TaskField(); {
	case m.Task && !fits:
		k.diags.Add(m.Pos, "%s has results for which a Task has no field: say no_task with the reason", m.FullName())
	case m.OlderTask == "":
	case !m.Task:
		k.diags.Add(m.Pos, "%s has no_task, so older_task has no effect", m.FullName())
	case recv != m.Recv.Go:
		k.diags.Add(m.Pos, "%s: older_task: %s must have the receiver of the method", m.FullName(), m.OlderTask)
	}
}

// record makes sure that m, where it has to do with recorded operations, leaves
// to hand-written code all that a description cannot say.
func (k *checker) record(m *ir.Method) {
	e := m.Calls[0].Function
	complain := func(format string) {
		k.diags.Hint(m.Pos, e.Prototype(), "%s "+format, m.FullName())
	}
	performs := func(p *ir.Part) bool { return p.Performs != nil }
	switch {
	case m.ModifiesPrevious && (m.Access != ir.Record || m.HasCode):
		complain("can't modify the step before it: it is no method of a recorded handle, or has an outcome of its own")
	case m.Access != ir.Record:
		if m.Any(performs) && !m.Private() {
			complain("performs what was recorded, which hand-written code must seal first: say private, not go")
		}
	case e == m.Recv.FreeFunc:
		complain("can't be a step: it frees the operation, which is done after the steps; remove the entry")
	case !e.Result.IsVoid():
		complain("can't be a step: it returns something")
	case m.HasResult && !m.Private() && m.Spec.Result == "":
		complain("has a result: say result, the type that it returns, or private if hand-written code deals with it")
	case m.HasResult && !m.HasCode:
		complain("can't be a step: it has a result, but no int * to say whether it was performed")
	}
	k.members(m)
}

// members makes sure that no two results of a step are stored in one place.
func (k *checker) members(m *ir.Method) {
	taken := make(map[string]string)
	for a := range m.Args() {
		for _, member := range a.Part.Members {
			if other := taken[member.Name]; other != "" {
				k.diags.Hint(a.Pos, m.Calls[0].Function.Prototype(), "%s: a step has one place for what %s and %s are told",
					m.FullName(), min(member.Param, other), max(member.Param, other))
			}
			taken[member.Name] = member.Param
		}
	}
}
