package gogen

import (
	"path"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

const bytesPackage = "bytes"

// blocking writes the method blocking, for calls that may block their threads.
func blocking(f *jen.File, p *ir.Plan, h *ir.Handle) {
	if !slices.ContainsFunc(p.Methods, func(m *ir.Method) bool { return m.Recv == h && m.Acquires() }) {
		return
	}
	conn, missing := jen.Id(h.Receiver), jen.Id(h.Receiver).Op("==").Nil()
	owner := conn.Clone().Dot("handle")
	limits := jen.Op("&")
	for at := h; !at.Throttled && limits != nil; at = at.Owner {
		conn = conn.Clone().Dot(ownerName(at))
		missing = missing.Op("||").Add(conn).Op("==").Nil()
		if at.IsImported() {
			limits = nil
		}
	}
	missing = missing.Op("||").Add(owner).Op("==").Nil()
	admission := jen.Op("&").Add(conn).Dot("admission")
	if limits == nil {
		admission = conn.Clone().Dot("Admission").Call()
	}
	call := func(values jen.Dict) jen.Code { return jen.Return(jen.Qual(admitPackage, "Blocking").Values(values)) }
	doc(f, "blocking returns a call of "+h.Receiver+" that may block its thread until target answers.")
	f.Func().Params(jen.Id(h.Receiver).Op("*").Id(h.Go)).Id("blocking").Params(
		jen.Id("target").Qual(throttlePackage, "Target"),
	).Qual(admitPackage, "Blocking").Block(
		jen.If(missing).Block(call(jen.Dict{jen.Id("Denied"): jen.Id(h.ClosedError)})),
		call(jen.Dict{
			jen.Id("Caller"): jen.Qual(admitPackage, "Caller").Values(jen.Dict{
				jen.Id("Conn"): admission, jen.Id("Handle"): owner,
			}),
			jen.Id("Target"): jen.Id("target"),
		}),
	).Line()
}

// blockingForms writes a method that may wait without a completion, and its other forms: the public
// one with a context, one for calls that have room, and the private one with a context.
func (w *body) blockingForms(f *jen.File) {
	m := w.m
	if m.OnlyDetached() {
		contextForm(f, m, m.Name).Add(w.resultList()).BlockFunc(w.detached).Line()
	} else {
		declare(f, w, m.Name).BlockFunc(w.public().plain).Line()
	}
	if !m.Private() {
		doc(f, w.contextDoc()+availability(m))
		contextForm(f, m, m.Name+"Context").Add(w.resultList()).BlockFunc(w.withContext).Line()
	}
	if m.HasDetachedForm() {
		doc(f, w.form("Detached")+" is "+m.Name+" with a context. The call continues after the context is done.")
		contextForm(f, m, w.form("Detached")).Add(w.tracedResults()).BlockFunc(w.detached).Line()
	}
	switch {
	case m.Acquires():
		doc(f, w.form("Admitted")+" is "+m.Name+" without the wait for admission.")
		w.declareOnce(f, w.form("Admitted"))
	case m.FreshMap != nil:
		doc(f, w.form("Once")+" is "+m.Name+" without the second call with the newest OSD map.")
		w.declareOnce(f, w.form("Once"))
	}
}

// declareOnce declares the form that calls C.
func (w *body) declareOnce(f *jen.File, name string) {
	write := func(g *jen.Group) {
		w.before(g, false)
		w.write(g)
	}
	if w.m.AttemptTakesContext() || w.m.Detached && w.m.Async && !w.m.HasAsyncForm() {
		contextForm(f, w.m, name).Add(w.resultList()).BlockFunc(write).Line()
		return
	}
	declare(f, w, name).BlockFunc(write).Line()
}

// admitted calls the form that has room.
func (w *body) admitted(ctx jen.Code) jen.Code {
	pass := w.pass()
	if w.m.AttemptTakesContext() {
		pass = append([]jen.Code{ctx}, pass...)
	}
	return jen.Id(w.m.Recv.Receiver).Dot(w.form("Admitted")).Call(pass...)
}

// form returns the name of a private form.
func (w *body) form(suffix string) string {
	return ir.Unexported(w.m.Name) + suffix
}

// plain writes the body of the method itself.
func (w *body) plain(g *jen.Group) {
	recv := jen.Id(w.m.Recv.Receiver)
	detached := func(g *jen.Group) {
		w.returnCall(g, recv.Clone().Dot(w.form("Detached")).Call(append([]jen.Code{background()}, w.pass()...)...))
	}
	if w.m.WaitsForMap() {
		detached(g)
		return
	}
	if traced(w.m) {
		g.If(recv.Clone().Dot("traced").Call()).BlockFunc(detached)
	}
	g.List(jen.Id("room"), jen.Err()).Op(":=").Add(w.blocking(false)).Dot("Acquire").Call(background())
	g.If(jen.Err().Op("!=").Nil()).Block(jen.ReturnFunc(func(g *jen.Group) { w.fail(g, jen.Err()) }))
	g.Defer().Id("room").Dot("Exit").Call(jen.Lit(0))
	w.returnCall(g, w.admitted(background()))
}

// contextDoc returns the doc comment of the public form with a context.
func (w *body) contextDoc() string {
	m := w.m
	name := m.Name + "Context"
	text := name + " is " + m.Name + " with a context. When ctx is done, or " + m.Recv.Receiver +
		" is closed, it returns an " + parentLink(m, "ObjectError") + " in which errors.Is finds the reason"
	if m.Changes {
		text += " and " + parentLink(m, "ErrOutcomeUnknown") + ": the change may have been made, or may still be made."
	} else {
		text += "."
	}
	if m.Acquires() {
		text += " " + m.Library.Product + " does not cancel the call, which counts until it ends; see [" + m.Library.MaxBlocking + "]."
	}
	switch {
	case m.Undo != "":
		text += " If the call succeeds later, it is undone; see [" + m.FullName() + "]."
	case m.Adopts() != nil:
		text += " If it succeeds later, the " + m.Adopts().Go + " is closed."
	}
	return text + " If ctx is done already, it sends nothing."
}

// parentLink returns a doc link to a name in the package whose errors the methods return.
func parentLink(m *ir.Method, name string) string {
	if m.Library.Parent == "" {
		return "[" + name + "]"
	}
	return "[" + path.Base(m.Library.Parent) + "." + name + "]"
}

// withContext writes the body of the public form with a context.
func (w *body) withContext(g *jen.Group) {
	own := *w
	own.op = w.m.Name + "Context"
	recv := jen.Id(w.m.Recv.Receiver)
	own.returnCall(g, recv.Dot(w.form("Detached")).Call(append([]jen.Code{passedContext(w.m)}, w.pass()...)...))
}

// passedContext returns the context that the public form of m with a context passes on. If the library does not
// cancel the call, the form must return when the handle is closed.
func passedContext(m *ir.Method) jen.Code {
	if cancellable(m) {
		return jen.Id("ctx")
	}
	return jen.Qual(detachPackage, "Closable").Call(jen.Id("ctx"))
}

// detached writes the body of the private form with a context.
func (w *body) detached(g *jen.Group) {
	m := w.m
	w.trace(g)
	w.copyInputs(g)
	w.before(g, true)
	switch {
	case m.FreshMap != nil:
		w.twice(g)
	case m.Acquires() && w.filled() != "":
		w.runFilling(g)
	case m.Acquires():
		g.Return(w.run())
	default:
		w.write(g)
	}
}

// runFilling is run for a method that fills a buffer of the caller: a call that goes on after the
// method has returned must not fill that.
func (w *body) runFilling(g *jen.Group) {
	w.copyFilled(g)
	w.giveBack(g, w.run())
}

// blocking returns the description of the call for package admit.
func (w *body) blocking(changes bool) *jen.Statement {
	b := jen.Id(w.m.Recv.Receiver).Dot("blocking").Call(jen.Qual(throttlePackage, waitsName(w.m.Waits)))
	if changes {
		b = b.Dot("Changing").Call()
	}
	return b
}

// run calls the form that has room, on a goroutine that outlives the context.
func (w *body) run() *jen.Statement {
	m := w.m
	run := "Run"
	if n := len(w.results); n > 0 {
		run += string(rune('0' + n))
	}
	call := jen.Func().Params().Add(w.unnamedResults()).Block(
		jen.Return(w.admitted(jen.Id("ctx"))))
	args := []jen.Code{jen.Id("ctx"), w.blocking(m.Changes), call}
	if undo := w.undo(); undo != nil {
		run, args = "RunUndo", append(args, undo)
	}
	called := jen.Qual(admitPackage, run).Call(args...)
	if m.Ret().Answers { // a call that has not ended has a code, too
		return jen.Id("codeResult").Call(called)
	}
	return called
}

// undo returns the function that undoes a call which ends too late, or nil.
func (w *body) undo() jen.Code {
	if m := w.m; m.Undo != "" {
		var args []jen.Code
		for _, name := range m.UndoArgs {
			args = append(args, jen.Id(name))
		}
		return jen.Func().Params(jen.Id("made").Add(goType(m.Returns()[0].Type))).Block(
			jen.If(jen.Id("made").Op("==").Lit(0)).Block(jen.Id(m.Recv.Receiver).Dot(m.Undo).Call(args...)))
	}
	made := w.m.Adopts()
	if made == nil {
		return nil
	}
	return closing(made)
}

// closing returns the function that closes an h which was made too late.
func closing(h *ir.Handle) jen.Code {
	return jen.Func().Params(jen.Id("made").Op("*").Id(h.Go)).Block(
		jen.Id("made").Dot("handle").Dot("Close").Call(jen.Id(h.ClosedError)))
}

// unnamedResults declares the results without their names.
func (w *body) unnamedResults() jen.Code {
	own := *w.m
	own.ResultNames = nil
	return (&body{m: &own, results: w.results}).resultList()
}

// copyInputs writes copies of the arguments that the caller may change once the form with a context
// has returned.
func (w *body) copyInputs(g *jen.Group) {
	for _, p := range w.m.Params {
		if clone := cloneOf(p); clone != nil && p.Name != w.filled() {
			g.Id(p.Name).Op("=").Add(clone)
		}
	}
}

// cloneOf returns a copy of a parameter, or nil if its value is not shared with the caller.
func cloneOf(p ir.Var) jen.Code {
	param := jen.Id(p.Name)
	switch {
	case p.Type == "[]byte":
		return jen.Qual(bytesPackage, "Clone").Call(param)
	case p.Type == "[][]byte":
		return jen.Id("cloneList").Call(param)
	case strings.HasPrefix(p.Type, "[]"):
		return jen.Qual("slices", "Clone").Call(param)
	case strings.HasPrefix(p.Type, "map["):
		return jen.Qual("maps", "Clone").Call(param)
	case strings.HasPrefix(p.Type, "*"):
		return jen.Id("cloneValue").Call(param)
	}
	return nil
}

// resultNames returns the variables for the results without the error, and how they are assigned.
func (w *body) resultNames() (names []jen.Code, assign string) {
	if named := w.m.ResultNames; named != nil {
		for _, name := range named[:len(w.results)] {
			names = append(names, jen.Id(name))
		}
		return names, "="
	}
	for _, r := range w.results {
		name := ir.Unexported(r.Name)
		if w.m.Ret().Answers { // ret is what C has returned
			name = "code"
		}
		names = append(names, jen.Id(name))
	}
	return names, ":="
}

// twice writes a second call, with the newest OSD map, for a result that an older map may cause.
func (w *body) twice(g *jen.Group) {
	recv := jen.Id(w.m.Recv.Receiver)
	once := recv.Clone().Dot(w.form("Once")).Call(w.pass()...)
	if w.m.Acquires() {
		g.Id("once").Op(":=").Func().Params().Add(w.unnamedResults()).Block(jen.Return(w.run()))
		once = jen.Id("once").Call()
	} else if !w.m.Before.Waits() {
		g.If(jen.Err().Op(":=").Id("checkContext").Call(jen.Id("ctx")), jen.Err().Op("!=").Nil()).Block(
			jen.ReturnFunc(func(g *jen.Group) { w.fail(g, jen.Err()) }))
	}
	results, assign := w.resultNames()
	if len(results) == 0 && traced(w.m) { // err is a result
		assign = "="
	}
	results = append(results, jen.Err())
	mayBeOld := jen.Id("hasCode").CallFunc(func(g *jen.Group) {
		g.Err()
		for _, code := range w.m.FreshMap {
			g.Qual("C", code)
		}
	})
	g.List(results...).Op(assign).Add(once)
	g.If(jen.Op("!").Add(mayBeOld)).Block(jen.Return(results...))
	g.If(jen.Err().Op(":=").Add(recv).Dot(w.m.Recv.Refresh).Call(jen.Id("ctx")), jen.Err().Op("!=").Nil()).Block(
		jen.ReturnFunc(func(g *jen.Group) { w.fail(g, jen.Err()) }))
	g.Return(once)
}
