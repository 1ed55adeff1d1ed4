package resolve

import (
	"cmp"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// addSingle adds the methods that are a single C call.
func (r *resolver) addSingle() {
	configured := make(map[*ir.Method][]*spec.Configured)
	for _, f := range r.Functions {
		s := f.Spec
		if s.Disposition != spec.Go && s.Disposition != spec.Private {
			continue
		}
		public := s.Disposition == spec.Go
		doc := s.Doc
		if doc == "" && !public {
			doc = r.privateDoc(s.Target, f)
		}
		m := r.method(s.Pos, s.Target, doc, public)
		m.ResultNames = s.ResultNames
		r.single(m, f, &s.Call, nil)
		m.ErrorForms = r.errorForms(m, s.ErrorForms)
		configured[m] = s.Configured
		if m.With = s.With; m.With != nil && m.Recv != nil {
			r.name(m.With.Pos, m.Recv.Go+"."+m.With.Name, m.With.Doc, true)
		}
		for _, form := range s.Forms {
			m := r.method(form.Pos, form.Go, form.Doc, public)
			r.single(m, f, &s.Call, form)
		}
	}
	for _, m := range r.Methods { // the setters are known now
		for _, form := range configured[m] {
			m.Configured = append(m.Configured, r.configured(m, form))
		}
	}
}

// configured returns the function that makes a handle as m does, and sets it up.
func (r *resolver) configured(m *ir.Method, sc *spec.Configured) *ir.Configured {
	r.name(sc.Pos, sc.Go, sc.Doc, true)
	c := &ir.Configured{Pos: sc.Pos, Name: sc.Go, Doc: sc.Doc, Options: r.typeNamed(sc.Pos, sc.Options)}
	made := m.Adopts()
	if m.Recv != nil || made == nil {
		r.diags.Add(sc.Pos, "%s: %s makes no handle", sc.Go, m.FullName())
		return c
	}
	for i, name := range sc.Setters {
		at := slices.IndexFunc(r.Methods, func(m *ir.Method) bool { return m.FullName() == made.Go+"."+name })
		switch {
		case at < 0 || len(r.Methods[at].Params) != 1 || len(r.Methods[at].Results) != 0 || !r.Methods[at].HasError:
			r.diags.Add(sc.Pos, "%s: %s.%s is no method with one parameter and an error", sc.Go, made.Go, name)
		case c.Options != nil && (i >= len(c.Options.Fields) || c.Options.Fields[i].Type != r.Methods[at].Params[0].Type):
			r.diags.Add(sc.Pos, "%s: %s has no field of type %s for %s in its place", sc.Go, c.Options.Go, r.Methods[at].Params[0].Type, name)
		default:
			c.Setters = append(c.Setters, r.Methods[at])
		}
	}
	if c.Options != nil && len(sc.Setters) < len(c.Options.Fields) {
		r.diags.Add(sc.Pos, "%s sets fewer values than %s has", sc.Go, c.Options.Go)
	}
	return c
}

// privateDoc returns the doc comment of a private function or method that calls f.
func (r *resolver) privateDoc(target string, f *ir.Function) string {
	recv, _, _ := strings.Cut(target, ".")
	records := slices.ContainsFunc(r.Handles, func(h *ir.Handle) bool { return h.Go == recv && h.Recorded() })
	return methodOf(target) + map[bool]string{true: " records ", false: " calls "}[records] + f.Name + "."
}

// methodOf returns the name of a function, or of a method without its type.
func methodOf(target string) string { return target[strings.LastIndexByte(target, '.')+1:] }

// errorForms returns the methods that return the code of m as an error.
func (r *resolver) errorForms(m *ir.Method, forms []*spec.ErrorForm) []*ir.ErrorForm {
	var list []*ir.ErrorForm
	for _, sf := range forms {
		r.name(sf.Pos, sf.Go, sf.Doc, true)
		recv, name, _ := strings.Cut(sf.Go, ".")
		if m.Recv == nil || m.Recv.Go != recv {
			r.diags.Add(sf.Pos, "error form %s must have the receiver of %s", sf.Go, m.FullName())
			continue
		}
		form := &ir.ErrorForm{Pos: sf.Pos, Name: name, Doc: withSentence(sf.Doc, waitsMark, m.Sentence, sf.Go)}
		if sf.Options != "" {
			form.Options = r.typeNamed(sf.Pos, sf.Options)
		}
		for _, p := range m.Params {
			if form.Options.Option(p.Name) == nil {
				form.Params = append(form.Params, p)
			}
		}
		if form.Options != nil {
			form.Params = append(form.Params, ir.Var{Name: ir.OptionsName, Type: form.Options.Go})
		}
		if m.DetachedForm() != "" {
			r.name(sf.Pos, sf.Go+"Context", name+"Context", true)
		}
		list = append(list, form)
	}
	return list
}

// method starts a Go method of that full name.
func (r *resolver) method(pos model.Pos, full, doc string, public bool) *ir.Method {
	r.name(pos, full, doc, public)
	m := &ir.Method{Pos: pos, Name: full, Doc: doc, Library: r.Library}
	if recv, name, ok := strings.Cut(full, "."); ok {
		m.Name = name
		var known []string
		for _, h := range r.Handles {
			known = append(known, h.Go)
			if h.Go == recv {
				m.Recv = h
			}
		}
		if m.Recv == nil {
			r.diags.Hint(pos, diag.DidYouMean(recv, known), "%s: no handle has the Go name %s", full, recv)
		}
	}
	return m
}

// single completes m as a Go method that calls f. What form has, if it is not nil, takes precedence.
func (r *resolver) single(m *ir.Method, f *ir.Function, call *spec.Call, form *spec.Form) {
	args, result, before := call.Args, call.Ret, call.Before
	m.Access = access(m, f, call)
	m.Replay, m.ModifiesPrevious, m.Changes, m.CompletesOnCallback = call.Replay, call.ModifiesPrevious, call.Changes, call.CompletesOnCallback
	m.Waits, m.Admitted = call.Waits, call.Admitted
	m.Detached, m.Start, m.NoTask = call.Detached, call.Start && form == nil, call.NoTask
	if undo := r.call(m.Pos, "undo", call.Undo); undo != nil {
		m.Undo, m.UndoArgs = undo.Name, undo.Args
	}
	m.Ready = m.Recv != nil && m.Recv.ReadyAfter == f.Name
	m.Shim = "gorados_" + f.Name
	if form != nil {
		m.Shim = shimName(m)
		m.Changes = m.Changes || form.Changes
		args, result, before = overlay(args, form.Args), cmp.Or(form.Ret, result), cmp.Or(form.Before, before)
	} else {
		m.OlderTask = call.OlderTask
	}
	m.Env = call.Env
	m.Before, m.FreshMap = r.precheck(m.Pos, before), call.FreshMap
	if call.ReturnsStruct != "" {
		name, isPointer := strings.CutPrefix(call.ReturnsStruct, "*")
		m.Struct, m.Pointer = r.typeNamed(m.Pos, name), isPointer
	}
	if call.Result != "" {
		m.StepResult = r.resultNamed(m.Pos, m, call.Result)
	}
	c := &ir.Call{Pos: m.Pos, Function: f, Ret: r.ret(m.Pos, f, result, "")}
	if call.Else != "" {
		c.Else = r.function(m.Pos, call.Else, f.Name+", else")
	}
	c.Sync = r.sync(m.Pos, f, call.Sync)
	r.supersedes(m, call.Supersedes)
	if c.Ret == nil {
		return
	}
	r.args(m, c, args, nil)
	m.Calls = []*ir.Call{c}
	m.Spec, m.Form = call, form != nil
	r.finish(m)
}

func access(m *ir.Method, f *ir.Function, call *spec.Call) ir.Access {
	switch {
	case m.Recv == nil:
		return ir.NoHandle
	case m.Recv.Recorded():
		return ir.Record
	case m.Recv.Free == f.Name:
		return ir.Close
	case call.Unguarded:
		return ir.Unguarded
	case call.BeforeConnect || m.Recv.ReadyAfter == f.Name:
		return ir.Setup
	}
	return ir.Ready
}

func shimName(m *ir.Method) string {
	return "gorados_" + strings.ToLower(strings.ReplaceAll(m.FullName(), ".", "_"))
}

func (r *resolver) typeNamed(pos model.Pos, name string) *ir.Type {
	var names []string
	for _, t := range r.Types {
		if t.Go == name {
			return t
		}
		names = append(names, t.Go)
	}
	r.diags.Hint(pos, diag.DidYouMean(name, names), "no type is called %s", name)
	return nil
}

// sync finds the function of that name, which does the same as f and blocks until it is done.
func (r *resolver) sync(pos model.Pos, f *ir.Function, name string) *ir.Function {
	if name == spec.NoSync && r.takesCompletion(f) {
		if other := syncOf(r.spec, f.Name); r.functions[other] != nil {
			r.diags.Hint(pos, f.Prototype(), "%s has a synchronous form, %s, so sync can't be none", f.Name, other)
		}
		return nil
	}
	if name != "" {
		return r.function(pos, name, f.Name+", sync")
	}
	if !r.takesCompletion(f) || f.Name == r.spec.Completions.Cancel {
		return nil
	}
	derived := r.functions[syncOf(r.spec, f.Name)]
	if derived == nil {
		r.diags.Hint(pos, f.Prototype(), "%s takes a completion: say sync: the function that does the same without one", f.Name)
	}
	return derived
}

// takesCompletion reports whether the job of f is asynchronous.
func (r *resolver) takesCompletion(f *ir.Function) bool {
	return r.Completions.TakenBy(f.Func)
}

var precheckRE = regexp.MustCompile(`^(\w+)(?:\((\w+(?:, \w+)*)\))?$`)

// precheck reads a value of before.
func (r *resolver) precheck(pos model.Pos, text string) *ir.Precheck {
	return r.call(pos, "before", text)
}

// call reads a value of that key, which is a call of a method.
func (r *resolver) call(pos model.Pos, key, text string) *ir.Precheck {
	if text == "" {
		return nil
	}
	parts := precheckRE.FindStringSubmatch(text)
	if parts == nil {
		r.diags.Add(pos, "%s: %q is not a method's name, or such a name and the names of parameters, such as check(oid)", key, text)
		return nil
	}
	check := &ir.Precheck{Name: parts[1]}
	if parts[2] != "" {
		check.Args = strings.Split(parts[2], ", ")
	}
	return check
}

// supersedes finds the functions of those names, whose job m does.
func (r *resolver) supersedes(m *ir.Method, names []string) {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			r.diags.Add(m.Pos, "%s, supersedes: %s is named twice", m.FullName(), name)
			continue
		}
		if f := r.function(m.Pos, name, m.FullName()+", supersedes"); f != nil {
			m.Supersedes = append(m.Supersedes, f)
		}
	}
}

// addComposed adds the methods that are composed of several C calls.
func (r *resolver) addComposed() {
	for _, sm := range r.spec.Methods {
		m := r.method(sm.Pos, sm.Go, sm.Doc, isExported(methodOf(sm.Go)))
		m.Shim, m.Order, m.Changes = shimName(m), sm.Params, sm.Changes
		m.NoTask, m.OlderTask = sm.NoTask, sm.OlderTask
		m.Admitted = sm.Admitted
		m.Waits, m.Before = sm.Waits, r.precheck(sm.Pos, sm.Before)
		r.supersedes(m, sm.Supersedes)
		steps := sm.Steps
		if sm.Op != "" {
			steps = r.operation(m, sm)
		}
		m.Composed = slices.ContainsFunc(steps, func(step *spec.Step) bool {
			f := r.functions[step.Call]
			return f != nil && r.takesCompletion(f)
		})
		switch {
		case sm.BeforeConnect:
			m.Access = ir.Setup
		case m.Recv != nil:
			m.Access = ir.Ready
		default:
			m.Access = ir.NoHandle
		}
		locals := make(map[string]string) // C type → name
		for _, step := range steps {
			if c := r.step(m, step, locals); c != nil {
				m.Calls = append(m.Calls, c)
			}
		}
		switch {
		case sm.Op != "" && steps == nil: // which is said already
		case len(steps) == 0:
			r.diags.Add(sm.Pos, "%s has no steps", sm.Go)
		case m.Recv != nil && m.Recv.Recorded():
			r.diags.Add(sm.Pos, "%s is a step of an operation, which is a single call: say it under functions", sm.Go)
		case len(m.Calls) == len(steps):
			if sm.Op != "" {
				m.Order = operationOrder(m)
			}
			r.finish(m)
		}
	}
}

func (r *resolver) step(m *ir.Method, step *spec.Step, locals map[string]string) *ir.Call {
	if step.Call == "" {
		r.diags.Add(step.Pos, "a step of %s must have call", m.FullName())
		return nil
	}
	f := r.function(step.Pos, step.Call, m.FullName())
	if f == nil {
		return nil
	}
	c := &ir.Call{Pos: step.Pos, Function: f, As: step.As, Replaces: step.Replaces}
	c.Sync = r.sync(step.Pos, f, step.Sync)
	c.Ret = r.ret(step.Pos, f, step.Ret, step.As)
	if c.Ret == nil {
		return nil
	}
	r.args(m, c, step.Args, locals)
	if step.As == "" {
		if step.Free != "" {
			r.diags.Add(step.Pos, "a step of %s frees what it makes, but does not name it: say as", m.FullName())
		}
		return c
	}
	made := c.Made()
	if made == "" {
		r.diags.Hint(step.Pos, f.Prototype(), "a step of %s: %s makes no object to be called %s", m.FullName(), step.Call, step.As)
		return c
	}
	if !token.IsIdentifier(step.As) || r.inC(step.As) != step.As {
		r.diags.Add(step.Pos, "a step of %s: nothing can be called %q in C; say as: another name", m.FullName(), step.As)
	}
	locals[made] = step.As
	if step.Free != "" {
		c.Free = r.function(step.Pos, step.Free, m.FullName()+", free")
	}
	return c
}

// ret decides the meaning of a return value. Where it cannot be inferred, the spec must say it.
func (r *resolver) ret(pos model.Pos, f *ir.Function, sr *spec.Ret, makes string) *ir.Ret {
	ret := &ir.Ret{Inferred: true}
	name := r.roles.InferRet(f.Result, makes != "")
	why := ""
	if name == "errno" && r.yieldsNothingElse(f) {
		name, why = "", ", since its name says that it yields something, and it has no parameter for that"
	}
	if sr != nil && sr.As != "" {
		name, ret.Inferred, pos = sr.As, false, sr.Pos
	}
	if name == "" {
		r.diags.Hint(pos, f.Prototype(), "what %s returns can't be inferred%s: say ret, one of %s",
			f.Name, why, strings.Join(r.roles.RetNames(), ", "))
		return nil
	}
	known := r.roles.Ret(name)
	if known == nil {
		hint := diag.DidYouMean(name, r.roles.RetNames())
		if hint == "" {
			hint = "known are " + strings.Join(r.roles.RetNames(), ", ")
		}
		r.diags.Hint(pos, hint, "%q is no meaning of a return value", name)
		return nil
	}
	ret.RetRole = *known
	if !r.suits(pos, f, ret, makes) {
		return nil
	}
	ret.Pos = pos
	switch n, _ := ctype.NumberOf(r.union.Basic(f.Result)); {
	case ret.Kept:
		ret.Type = "uintptr"
	case ret.Result:
		ret.Type = n.Go
	}
	if sr != nil {
		ret.Closed, ret.Codes, ret.Field, ret.Given = sr.ClosedValue, sr.Codes, sr.Field, sr.Type
		if sr.Type != "" {
			ret.Type = sr.Type
		}
	}
	return ret
}

// yields are the words in the names of functions that yield something.
var yields = []string{"get", "is", "has"}

// yieldsNothingElse reports whether the name of f says that it yields something, and no parameter points to
// where C could store that: then f may return it.
func (r *resolver) yieldsNothingElse(f *ir.Function) bool {
	words := strings.Split(f.Name, "_")
	stores := func(p model.Param) bool {
		h, depth := r.handleOf(p.Type)
		isObject := h != nil && depth == 0 || r.Completions.IsType(p.Type)
		return !isObject && p.Type.IsPointer() && !p.Type.Const || r.union.Callback(p.Type.Base) != nil
	}
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(yields, word) }) &&
		!slices.ContainsFunc(f.Params, stores)
}

// suits makes sure that ret can be the meaning of what f returns: without that, nothing can
// be said of the arguments.
func (r *resolver) suits(pos model.Pos, f *ir.Function, ret *ir.Ret, makes string) bool {
	result := f.Result
	number, isNumber := ctype.NumberOf(r.union.Basic(result))
	isNumber = isNumber && !result.IsPointer() && (ctype.IsInteger(r.union.Basic(result)) || ctype.IsEnum(r.union.Basic(result)))
	complain := func(format string, args ...any) bool {
		r.diags.Hint(pos, f.Prototype(), format, args...)
		return false
	}
	switch {
	case ret.Answers && !result.Is("int", 0):
		return complain("ret: %s does not suit %s, which returns no int", ret.Name, f.Name)
	case ret.Probes && !result.IsVoid():
		return complain("ret: %s does not suit %s, which returns something", ret.Name, f.Name)
	case ret.Pointer && !result.IsPointer() && !r.isOpaque(result.Base):
		return complain("ret: %s does not suit %s, which returns no pointer", ret.Name, f.Name)
	case ret.Nothing:
	case result.IsVoid():
		return complain("ret: %s does not suit %s, which returns nothing", ret.Name, f.Name)
	case ret.Object && (isNumber || makes == ""):
		return complain("ret: %s is for a step that makes an object: it returns a pointer and has as: NAME", ret.Name)
	case ret.Kept && !result.IsPointer() && (isNumber || !r.isOpaque(result.Base)):
		return complain("ret: %s is for a C object; what %s returns is none", ret.Name, f.Name)
	case ret.Number && !isNumber:
		return complain("ret: %s does not suit %s, which returns no number", ret.Name, f.Name)
	case ret.Number && ret.HasError && strings.HasPrefix(number.Go, "uint"):
		return complain("ret: %s does not suit %s, which returns no negative number", ret.Name, f.Name)
	}
	return true
}

func isExported(name string) bool { return token.IsIdentifier(name) && token.IsExported(name) }
