package gogen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/role"
)

const aioPackage = "github.com/go-rados/go-rados/internal/aio"

// asyncForms writes the other forms of a method that takes a completion: the public one with a
// context, the asynchronous one, and those that only start the call or only take its results.
func asyncForms(f *jen.File, m *ir.Method) {
	if !m.Private() {
		withContext(f, m)
	}
	if m.HasAsyncForm() {
		asyncForm(f, m)
	}
	if m.HasStarter() {
		starter(f, m)
	}
	if m.HasFinisher() {
		finisher(f, m)
	}
}

// cancellable reports whether the library cancels the asynchronous form of m when its context is done.
func cancellable(m *ir.Method) bool { return !m.Detached && m.HasAsyncForm() }

// asyncTakesContext reports whether the asynchronous form of m takes a context.
func asyncTakesContext(m *ir.Method) bool { return m.Detached || m.HasAsyncForm() }

// asyncName returns the name of the asynchronous form of m.
func asyncName(m *ir.Method) string { return ir.Unexported(m.Name) + "Async" }

// withContext writes the form of m with a context.
func withContext(f *jen.File, m *ir.Method) {
	name, recv := m.Name+"Context", jen.Id(m.Recv.Receiver)
	text := name + " is " + m.Name + " with a context. When ctx is done, "
	reason := "ctx.Err()"
	if m.Detached {
		text += "or " + m.Recv.Receiver + " is closed, "
		reason = "the reason"
	}
	text += "it returns an " + parentLink(m, "ObjectError") + " in which errors.Is finds "
	goesOn := m.Library.Product + " does not cancel the call"
	switch {
	case m.Adopts() != nil && m.Detached:
		text += reason + ". " + goesOn + "; if it succeeds later, the " + m.Adopts().Go + " is closed."
	case m.Undo != "":
		text += reason + ". " + goesOn + "; if it succeeds later, it is undone; see [" + m.FullName() + "]."
	case m.Detached && m.Changes:
		text += "both " + reason + " and " + parentLink(m, "ErrOutcomeUnknown") + ": " + goesOn + "."
	case m.Detached:
		text += reason + ". " + goesOn + "."
	case m.Changes:
		text += "both ctx.Err() and " + parentLink(m, "ErrOutcomeUnknown") + ": the OSD may perform the change nevertheless."
	default:
		text += "ctx.Err()."
	}
	if p := filledParam(m); p != "" {
		text += " " + p + " may be used again in any case."
	}
	text += " If ctx is done already, it sends nothing."
	if sends(m) {
		text += " Data that has been sent stays in memory until the OSD takes it; see [" + m.Library.InFlight + "]."
	}
	doc(f, text+availability(m))
	w := &body{m: m, results: results(m), op: name}
	call := recv.Clone().Dot(asyncName(m)).Call(append([]jen.Code{passedContext(m)}, w.pass()...)...)
	contextForm(f, m, name).Add(w.resultList()).BlockFunc(func(g *jen.Group) { w.returnCall(g, call) }).Line()
}

// detachAsync writes a call that has been admitted and that goes on when its context is done.
func (w *body) detachAsync(g *jen.Group) {
	recv := jen.Id(w.m.Recv.Receiver)
	call := jen.Func().Params().Add(w.unnamedResults()).BlockFunc(w.asyncCall)
	args := []jen.Code{jen.Id("ctx"), recv.Clone().Dot("caller").Call()}
	if made := w.m.Adopts(); made != nil {
		g.Return(jen.Qual(admitPackage, "DetachUndo").Call(append(args, call, jen.Id("call").Dot("Shard"), closing(made))...))
		return
	}
	if w.m.Undo != "" {
		undo := jen.Func().Params(jen.Id("made").Add(goType(w.m.Returns()[0].Type))).Block(
			recv.Clone().Dot(w.m.Undo).Call(jen.Id("made")))
		g.Return(jen.Qual(admitPackage, "DetachUndo").Call(append(args, call, jen.Id("call").Dot("Shard"), undo)...))
		return
	}
	detach := "Detach"
	if len(w.m.Returns()) == 2 {
		detach = "Detach1"
	}
	called := jen.Qual(admitPackage, detach).Call(append(args, jen.Lit(w.m.Changes), call)...)
	filled := w.filled()
	if filled == "" {
		g.Return(called)
		return
	}
	w.giveBack(g, called)
}

// giveBack writes that called fills a copy of the caller's memory, and that what it has filled is copied to
// the caller.
func (w *body) giveBack(g *jen.Group, called jen.Code) {
	filled := jen.Id(w.filled())
	g.List(jen.Id("filled"), jen.Err()).Op(":=").Add(called)
	if w.fillsSeveral() {
		g.Qual(role.IovecPackage, "Copy").Call(jen.Id("caller"), filled, jen.Int().Call(jen.Id("filled")))
	} else {
		g.Copy(jen.Id("caller"), filled.Index(jen.Op(":").Id("filled")))
	}
	g.Return(jen.Id("filled"), jen.Err())
}

// fillsSeveral reports whether C fills several buffers.
func (w *body) fillsSeveral() bool {
	return slices.ContainsFunc(w.m.Params, func(p ir.Var) bool { return p.Name == w.filled() && p.Type == "[][]byte" })
}

// filled returns the parameter that C fills, or "".
func (w *body) filled() string {
	for a := range w.m.Args() {
		if a.Part.Fills {
			return a.GoName
		}
	}
	return ""
}

// copyFilled writes that C fills a copy of the caller's memory if the call may go on without the caller.
func (w *body) copyFilled(g *jen.Group) {
	filled := w.filled()
	if filled == "" {
		return
	}
	g.Id("caller").Op(":=").Id(filled)
	own := "OwnBuffer"
	if w.fillsSeveral() {
		own = "OwnBuffers"
	}
	g.Id(filled).Op("=").Qual(admitPackage, own).Call(jen.Id("ctx"), jen.Id(filled))
}

// subjectOf returns the name of the object or pool that m is about.
func subjectOf(m *ir.Method) jen.Code {
	if m.Subject == "" {
		return jen.Lit("")
	}
	return jen.Id(m.Subject)
}

// contextForm declares a method with a context before the parameters of m.
func contextForm(f *jen.File, m *ir.Method, name string) *jen.Statement {
	return contextOf(f, m.Recv, name, m.Params)
}

// contextOf declares a method of h with a context before other parameters.
func contextOf(f *jen.File, h *ir.Handle, name string, params []ir.Var) *jen.Statement {
	return f.Func().Params(jen.Id(h.Receiver).Op("*").Id(h.Go)).Id(name).ParamsFunc(func(g *jen.Group) {
		g.Id("ctx").Qual("context", "Context")
		for _, p := range grouped(params) {
			g.Add(p)
		}
	})
}

// asyncForm writes the asynchronous form of m: it blocks only its goroutine while the call is in flight.
func asyncForm(f *jen.File, m *ir.Method) {
	name, w := asyncName(m), &body{m: m, results: results(m)}
	is := name + " is " + m.Name + " that"
	blocks := "blocks only its goroutine, or its thread as well while few threads wait."
	if m.CompletesOnCallback {
		blocks = "blocks only its goroutine until the library calls back, since that uses the call until then."
	}
	if m.Detached {
		doc(f, is+" returns when ctx is done, after which the call continues.")
	} else {
		doc(f, is+" is cancelled when ctx is done. It "+blocks)
	}
	contextForm(f, m, name).Add(w.tracedResults()).BlockFunc(w.async).Line()
}

// context returns the context that cancels the asynchronous form or the Task, or one that is never done.
func (w *body) context() jen.Code {
	if cancellable(w.m) || w.m.HasFinisher() {
		return jen.Id("ctx")
	}
	return background()
}

func background() *jen.Statement { return jen.Qual("context", "Background").Call() }

// async writes the body of the asynchronous form.
func (w *body) async(g *jen.Group) {
	w.trace(g)
	if w.m.Detached {
		w.copyInputs(g)
		w.admit(g)
		w.copyFilled(g)
		w.detachAsync(g)
		return
	}
	if !w.m.HasFinisher() {
		w.answers(g)
	}
	w.admit(g)
	w.waitAsync(g)
}

// asyncCall writes a call that has been admitted.
func (w *body) asyncCall(g *jen.Group) {
	if !w.m.HasFinisher() {
		w.answers(g)
	}
	w.waitAsync(g)
}

// waitAsync writes that a call is started, waited for and finished.
func (w *body) waitAsync(g *jen.Group) {
	m, recv, call := w.m, jen.Id(w.m.Recv.Receiver), jen.Id("call")
	wait, ctx := "waitCall", w.context()
	if m.Detached {
		wait, ctx = "waitDetached", jen.Id("ctx")
	}
	if m.HasStarter() {
		start := recv.Clone().Dot(starterName(m)).Call(append([]jen.Code{call}, w.pass()...)...)
		g.Id("ret").Op(":=").Add(recv.Clone()).Dot(wait).Call(ctx, call, start)
	} else {
		w.start(g)
		g.Id("ret").Op(":=").Add(recv.Clone()).Dot(wait).Call(ctx, call, jen.Int64().Call(jen.Id("started")))
	}
	if m.HasFinisher() {
		g.Return(recv.Clone().Dot(finisherName(m)).Call(append([]jen.Code{w.context(), call}, append(ids(finisherParams(m)), jen.Id("ret"))...)...))
		return
	}
	w.take(g)
}

// answers declares the variables that take sets.
func (w *body) answers(g *jen.Group) {
	for _, a := range w.m.ShimArgs() {
		if f := role.Render(a); f.AsyncArgs != nil {
			for _, s := range f.Before {
				g.Add(s)
			}
		}
	}
}

// take writes that the results are taken from a call that has returned ret.
func (w *body) take(g *jen.Group) {
	m, recv, call := w.m, jen.Id(w.m.Recv.Receiver), jen.Id("call")
	if readsState(m) {
		g.Id("state").Op(":=").Id("callState").Call(call)
	}
	if m.Adopts() != nil {
		g.If(jen.Id("ret").Op("<").Lit(0)).Block(
			jen.Return(jen.Nil(), finishCall(m, recv, w.context(), subjectOf(m))))
	}
	for _, a := range m.ShimArgs() {
		for _, s := range role.Render(a).AfterAsync {
			g.Add(s)
		}
	}
	finish := finishCall(m, recv, w.context(), subjectOf(m))
	switch {
	case m.Adopts() != nil:
		// The owner of the new handle may be freed as soon as the call is finished.
		made := construct(m.Adopts(), w.results[0].Name)
		g.List(jen.Id("made"), jen.Err()).Op(":=").Add(made)
		g.Return(jen.Id("made"), jen.Qual("cmp", "Or").Call(finish, jen.Err()))
		return
	case w.always():
		g.ReturnFunc(func(g *jen.Group) { w.succeed(g, finish) })
		return
	case len(w.results) == 0:
		g.Return(finish)
		return
	case m.Ret().Name == "codes":
		g.Return(codeResult(m, finish))
		return
	}
	g.If(jen.Err().Op(":=").Add(finish), jen.Err().Op("!=").Nil()).Block(
		jen.ReturnFunc(func(g *jen.Group) { w.fail(g, jen.Err()) }))
	w.done(g)
}

// finishCall ends a call of m on recv that has returned ret.
func finishCall(m *ir.Method, recv *jen.Statement, ctx, object jen.Code) *jen.Statement {
	if sends(m) {
		return recv.Clone().Dot("finishSent").Call(ctx, jen.Id("call"), object, jen.Id("ret"))
	}
	return recv.Clone().Dot("finish").Call(ctx, jen.Id("call"), jen.Id("ret"))
}

// admit writes that a call waits for its admission.
func (w *body) admit(g *jen.Group) {
	ctx := w.context()
	if w.m.Detached {
		ctx = jen.Id("ctx")
	}
	admit, pass := "startCall", []jen.Code{ctx, moved(w.m)}
	switch {
	case w.m.Access == ir.Unguarded:
		admit, pass = "startUnguarded", pass[:1]
	case w.m.CompletesOnCallback:
		admit, pass = "startUntilCallback", pass[:1]
	case w.m.Detached:
		admit = "startDetached"
	}
	g.List(jen.Id("call"), jen.Err()).Op(":=").Id(w.m.Recv.Receiver).Dot(admit).Call(pass...)
	g.If(jen.Err().Op("!=").Nil()).Block(jen.ReturnFunc(func(g *jen.Group) { w.fail(g, jen.Err()) }))
}

// starterName returns the name of the method that only starts the call of m.
func starterName(m *ir.Method) string { return "start" + title(m.Name) }

// starter writes the method that only starts the call of m.
func starter(f *jen.File, m *ir.Method) {
	w := &body{m: m, results: results(m)}
	doc(f, starterName(m)+" starts the call of "+m.Name+" and returns a code, which is below 0 if that failed.")
	f.Func().Params(jen.Id(m.Recv.Receiver).Op("*").Id(m.Recv.Go)).Id(starterName(m)).ParamsFunc(func(g *jen.Group) {
		g.Id("call").Op("*").Qual(aioPackage, "Call")
		for _, p := range grouped(m.Params) {
			g.Add(p)
		}
	}).Int64().BlockFunc(func(g *jen.Group) {
		w.start(g)
		g.Return(jen.Int64().Call(jen.Id("started")))
	}).Line()
}

// finisherName returns the name of the method that only takes the results of a call of m.
func finisherName(m *ir.Method) string { return "finish" + title(m.Name) }

// finisherParams returns the parameters of m with which its results are taken.
func finisherParams(m *ir.Method) []ir.Var {
	var names []string
	if sends(m) {
		names = append(names, m.Subject)
	}
	for _, a := range m.ShimArgs() {
		if role.Render(a).AfterAsync != nil {
			for _, p := range a.Part.Params {
				names = append(names, p.Name)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(m.Params), func(p ir.Var) bool { return !slices.Contains(names, p.Name) })
}

// finisher writes the method that only takes the results of a call of m.
func finisher(f *jen.File, m *ir.Method) {
	w := &body{m: m, results: results(m)}
	doc(f, finisherName(m)+" frees a call of "+m.Name+" that has returned ret, and returns its results.")
	f.Func().Params(jen.Id(m.Recv.Receiver).Op("*").Id(m.Recv.Go)).Id(finisherName(m)).ParamsFunc(func(g *jen.Group) {
		g.Id("ctx").Qual("context", "Context")
		g.Id("call").Op("*").Qual(aioPackage, "Call")
		for _, p := range grouped(append(finisherParams(m), ir.Var{Name: "ret", Type: "int64"})) {
			g.Add(p)
		}
	}).Add(w.resultList()).BlockFunc(func(g *jen.Group) {
		w.answers(g)
		w.take(g)
	}).Line()
}

// start writes that C starts the call, and sets started to a code. C stores the answer in its half
// of the call.
func (w *body) start(g *jen.Group) {
	if w.m.Changes {
		g.Id("call").Dot("Changes").Op("=").True()
	}
	list := refusals(w.m)
	if len(list) == 0 {
		w.startC(g, started())
		return
	}
	g.Add(started())
	otherwise := jen.Null()
	for _, r := range list {
		otherwise.If(r.condition).Block(jen.Id("started").Op("=").Op("-").Qual("C", r.Errno)).Else()
	}
	g.Add(otherwise.BlockFunc(func(g *jen.Group) { w.startC(g, jen.Null()) }))
}

// started declares the code of a call that C starts.
func started() *jen.Statement { return jen.Var().Id("started").Qual("C", "int64_t") }

// startC writes the call of the C function that starts a call, the statements around it, and the
// declaration of its results. Memory that is only for its arguments is freed when it returns rather
// than when the call ends.
func (w *body) startC(g *jen.Group, results jen.Code) {
	call := jen.Id("call")
	var pass, free []jen.Code
	for _, a := range w.m.ShimArgs() {
		f := role.Render(a)
		switch {
		case f.AsyncArgs != nil:
			pass = append(pass, f.AsyncArgs...)
			continue
		case a.Part.Completion:
			pass = append(pass, jen.Id("callState").Call(call))
		}
		for _, s := range f.Before {
			g.Add(s)
		}
		switch {
		case f.Kept != nil:
			g.Add(call.Clone().Dot("Keep").Call(f.Kept))
		case f.Free != nil:
			free = append(free, f.Free)
		}
		if f.Pinned != nil {
			g.Add(call.Clone().Dot("Pin").Call(f.Pinned))
		}
		pass = append(pass, f.ShimArgs...)
	}
	g.Add(results)
	g.Qual("C", w.m.Shim).Add(arguments(append(pass, jen.Op("&").Id("started"))))
	for _, s := range free {
		g.Add(s)
	}
}

// readsState reports whether an asynchronous call of m takes results from its C half.
func readsState(m *ir.Method) bool {
	for _, a := range m.ShimArgs() {
		if f := role.Render(a); f.AsyncArgs != nil {
			return true
		}
	}
	return false
}

// moved returns the number of bytes that m sends or receives.
func moved(m *ir.Method) jen.Code {
	_, sum := movedOf(m, jen.Id)
	return sum
}

// movedOf returns the parameters whose bytes m sends or receives, and the number of those bytes, for the
// parameters that param returns.
func movedOf(m *ir.Method, param func(name string) *jen.Statement) (moving []ir.Var, sum *jen.Statement) {
	for a := range m.Args() {
		for _, p := range a.Part.Params {
			size := movedBy(&a.Part, p.Type, param(p.Name))
			switch {
			case size == nil:
				continue
			case sum == nil:
				sum = size
			default:
				sum = sum.Op("+").Add(size)
			}
			moving = append(moving, p)
		}
	}
	if sum == nil {
		sum = jen.Lit(0)
	}
	return moving, sum
}

// movedBy returns the number of bytes that a parameter of part moves, or nil if those of its type do not.
func movedBy(part *ir.Part, typ string, param *jen.Statement) *jen.Statement {
	switch {
	case typ == "[][]byte" && (part.Fills || part.Sends):
		return jen.Qual(role.IovecPackage, "Size").Call(param)
	case typ == "[]byte" && part.Performs != nil:
		return jen.Qual(oplogPackage, "Bytes").Call(param)
	case typ == "[]byte", typ == "string" && part.Sends:
		return jen.Len(param)
	}
	return nil
}

// filledParam returns the name of the buffer of the caller that m fills, or "". The form with a context
// returns when the call has completed, also after a cancellation: nothing is written to the buffer then.
func filledParam(m *ir.Method) string {
	for a := range m.Args() {
		if a.Part.Fills && len(a.Part.Params) > 0 {
			return a.Part.Params[0].Name
		}
	}
	return ""
}

// sends reports whether m sends data of any size.
func sends(m *ir.Method) bool {
	return m.Any(func(p *ir.Part) bool { return p.Sends || p.Performs != nil && m.Changes })
}

// leaveFastPath writes the call of the asynchronous form for calls that C must not start itself: it
// does not consider the size, by which a call that sends data is admitted, and calls no Tracer.
func (w *body) leaveFastPath(g *jen.Group) {
	var reasons []jen.Code
	if sends(w.m) {
		reasons = append(reasons, jen.Add(moved(w.m)).Op(">=").Qual(admitPackage, "MinRetained"))
	}
	if traced(w.m) {
		reasons = append(reasons, jen.Id(w.m.Recv.Receiver).Dot("traced").Call())
	}
	if len(reasons) > 0 {
		g.If(jen.Add(join(reasons, "||"))).BlockFunc(func(g *jen.Group) { w.returnCall(g, w.callAsync()) })
	}
}

// busy writes the call of the asynchronous form if too many threads are waiting already.
func (w *body) busy(g *jen.Group) {
	g.If(jen.Id("ret").Op("==").Qual("C", "GORADOS_BUSY")).BlockFunc(func(g *jen.Group) { w.returnCall(g, w.callAsync()) })
}

// callAsync calls the asynchronous form of the method, with a context that is never done.
func (w *body) callAsync() jen.Code {
	pass := w.pass()
	if asyncTakesContext(w.m) {
		pass = append([]jen.Code{background()}, pass...)
	}
	return jen.Id(w.m.Recv.Receiver).Dot(asyncName(w.m)).Call(pass...)
}
