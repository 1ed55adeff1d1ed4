package gogen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// method writes one Go function or method, which enters the handle, calls C, exits and returns the
// results. Most methods enter and exit in C.
func method(f *jen.File, m *ir.Method) {
	doc(f, methodDoc(m))
	w := &body{m: m, results: results(m)}
	if m.Blocking() {
		w.blockingForms(f)
		return
	}
	w.public().declareOnce(f, m.Name)
}

// errorForm writes the form of m that returns its code as an error, with the object that m is about, and
// the same with a context.
func errorForm(f *jen.File, m *ir.Method, form *ir.ErrorForm) {
	recv := jen.Id(m.Recv.Receiver)
	write := func(declared *jen.Statement, op, called string, ctx ...jen.Code) {
		declared.Error().BlockFunc(func(g *jen.Group) {
			pass := ctx
			for _, p := range m.Params {
				arg := jen.Id(p.Name)
				if field := form.Options.Option(p.Name); field != nil {
					arg = jen.Id(ir.OptionsName).Dot(field.Go)
					if number, isPointer := strings.CutPrefix(p.Type, "*"); isPointer {
						g.Id(p.Name).Op(":=").Id(number).Call(arg)
						arg = jen.Op("&").Id(p.Name)
					}
				}
				pass = append(pass, arg)
			}
			g.List(jen.Id("code"), jen.Err()).Op(":=").Add(recv.Clone()).Dot(called).Call(pass...)
			g.If(jen.Err().Op("==").Nil()).Block(jen.Err().Op("=").Id("asError").Call(jen.Id("code")))
			g.Return(wrapError(m, op, jen.Err()))
		}).Line()
	}
	doc(f, form.Doc)
	write(f.Func().Params(recv.Clone().Op("*").Id(m.Recv.Go)).Id(form.Name).Params(grouped(form.Params)...), form.Name, m.Name)
	called := m.DetachedForm()
	if called == "" {
		return
	}
	name := form.Name + "Context"
	doc(f, fmt.Sprintf("%s is %s with a context. When ctx is done, or the %s is closed, it returns as %sContext does.",
		name, form.Name, m.Recv.Go, m.Name))
	write(contextOf(f, m.Recv, name, form.Params), name, called, passedContext(m))
}

// declare declares a function with the parameters and results of the method.
func declare(f *jen.File, w *body, name string) *jen.Statement {
	fn := f.Func()
	if w.m.Recv != nil {
		fn.Params(jen.Id(w.m.Recv.Receiver).Op("*").Id(w.m.Recv.Go))
	}
	fn.Id(name).ParamsFunc(func(g *jen.Group) {
		for _, p := range grouped(w.m.Params) {
			g.Add(p)
		}
	})
	return fn.Add(w.resultList())
}

// pass lists the parameters of the method as arguments.
func (w *body) pass() []jen.Code { return ids(w.m.Params) }

// ids returns the names of params.
func ids(params []ir.Var) []jen.Code {
	var names []jen.Code
	for _, p := range params {
		names = append(names, jen.Id(p.Name))
	}
	return names
}

// before writes the call of the hand-written method that comes first, if it is one that waits or one
// that does not.
func (w *body) before(g *jen.Group, waits bool) {
	if w.m.Before == nil || w.m.Before.Waits() != waits {
		return
	}
	check := jen.Id(w.m.Recv.Receiver).Dot(w.m.Before.Name).CallFunc(func(g *jen.Group) {
		for _, name := range w.m.Before.Args {
			g.Id(name)
		}
	})
	g.If(jen.Err().Op(":=").Add(check), jen.Err().Op("!=").Nil()).Block(
		jen.ReturnFunc(func(g *jen.Group) { w.fail(g, jen.Err()) }))
}

// methodDoc returns the doc comment of m: that of the spec, the releases and the C functions.
func methodDoc(m *ir.Method) string {
	var b strings.Builder
	b.WriteString(m.Doc)
	b.WriteString(availability(m))
	b.WriteString("\n\nImplements: " + strings.Join(m.Implements(), ", "))
	return b.String()
}

// availability returns the sentence on the releases that m needs, or "" if it needs none in particular.
func availability(m *ir.Method) string {
	switch since, until := m.Since(), m.Until(); {
	case since != "" && until != "":
		return "\n\nIt needs the library of Ceph " + since + " or later, before " + until + "."
	case since != "":
		return "\n\nIt needs the library of Ceph " + since + " or later."
	case until != "":
		return "\n\nIt needs the library of a Ceph before " + until + "."
	}
	return ""
}

// grouped declares parameters; neighbours of one type share it.
func grouped(params []ir.Var) []jen.Code {
	var list []jen.Code
	for i := 0; i < len(params); {
		names := []jen.Code{}
		typ := params[i].Type
		for ; i < len(params) && params[i].Type == typ; i++ {
			names = append(names, jen.Id(params[i].Name))
		}
		list = append(list, jen.List(names...).Add(goType(typ)))
	}
	return list
}

// body writes the statements of one method.
type body struct {
	m       *ir.Method
	results []result
	op      string // the name of the method in its errors; "" if they are bare
}

// public returns w for the method itself rather than for a private form, whose errors are bare.
func (w *body) public() *body {
	own := *w
	if w.m.NamesError() {
		own.op = w.m.Name
	}
	return &own
}

// named returns err, in an ObjectError unless errors are bare. It does nothing if err is nil.
func (w *body) named(err jen.Code) jen.Code {
	if w.op == "" {
		return err
	}
	return wrapError(w.m, w.op, err)
}

// wrapError returns err in an ObjectError of m, whose name is op.
func wrapError(m *ir.Method, op string, err jen.Code) jen.Code {
	return withArguments(m, jen.Id(m.Recv.Receiver).Dot("wrap").Call(jen.Lit(op), subjectOf(m), err), ids)
}

// withArguments adds to err the arguments of m that have a noun. named returns the values of parameters.
func withArguments(m *ir.Method, err jen.Code, named func([]ir.Var) []jen.Code) jen.Code {
	add := jen.Id("withArgument")
	if m.Recv.IsImported() {
		add = jen.Qual(role.SharedPackage, "WithArgument")
	}
	for _, a := range m.Nouns() {
		err = add.Clone().Call(err, jen.Lit(a.Keys.Noun), named(a.Part.Params)[0])
	}
	return err
}

// returnCall writes the return of the results of call, a form of the method.
func (w *body) returnCall(g *jen.Group, call jen.Code) {
	switch {
	case w.op == "":
		g.Return(call)
	case len(w.results) == 0:
		g.Return(w.named(call))
	default:
		names, assign := w.resultNames()
		g.List(append(names, jen.Err())...).Op(assign).Add(call)
		g.Return(append(names, w.named(jen.Err()))...)
	}
}

func (w *body) resultList() jen.Code {
	list := w.m.Returns()
	if w.m.ResultNames != nil {
		return jen.Params(grouped(list)...)
	}
	var types []jen.Code
	for _, v := range list {
		types = append(types, goType(v.Type))
	}
	switch len(types) {
	case 0:
		return jen.Null()
	case 1:
		return types[0]
	}
	return jen.Params(types...)
}

func (w *body) write(g *jen.Group) {
	switch w.m.Access {
	case ir.Close:
		w.close(g)
		return
	case ir.Record:
		w.record(g)
		return
	}
	switch {
	case w.m.Async && !w.m.HasAsyncForm():
		w.async(g)
		return
	case w.m.CompletesOnCallback || w.m.Async && w.m.Adopts() != nil: // there is no other form
		w.returnCall(g, w.callAsync())
		return
	}
	if w.m.Async {
		w.leaveFastPath(g)
	}
	w.refuse(g)
	w.enterOthers(g)
	pass := w.prepare(g)
	shim := jen.Qual("C", w.m.Shim)
	if w.m.GuardedInC {
		w.guarded(g, shim.Add(arguments(append(pass, jen.Op("&").Id("ret")))))
		return
	}
	w.enter(g)
	w.enterOwners(g)
	if w.m.Replaces() != nil {
		w.replace(g, pass)
		return
	}
	call := shim.Add(arguments(pass))
	switch {
	case w.m.Adopts() != nil:
		w.adopt(g, call, w.m.Adopts(), w.m.Results[0].Name)
	case w.m.StoresError:
		w.keep(g, call)
	default:
		w.finish(g, call)
	}
}

// prepare writes the statements before C is called, and returns the arguments of the C function.
func (w *body) prepare(g *jen.Group) (pass []jen.Code) {
	for _, a := range w.m.ShimArgs() {
		f := role.Render(a)
		for _, s := range f.Before {
			g.Add(s)
		}
		if f.Free != nil {
			g.Defer().Add(f.Free)
		}
		if a.Part.Completion {
			pass = append(pass, jen.Nil())
		}
		pass = append(pass, f.ShimArgs...)
	}
	return pass
}

// refuse writes that the method returns an error where C must not be called.
func (w *body) refuse(g *jen.Group) {
	for _, r := range refusals(w.m) {
		err := jen.Id(r.Error)
		if r.Errno != "" {
			err = errnoError(r.Errno)
		}
		g.If(r.condition).Block(jen.ReturnFunc(func(g *jen.Group) { w.fail(g, err) }))
	}
}

// refusal is a condition on which C is not called.
type refusal struct {
	ir.Refusal
	condition jen.Code
}

// refusals returns the refusals of m.
func refusals(m *ir.Method) (list []refusal) {
	for _, a := range m.ShimArgs() {
		for i, condition := range role.Render(a).Refuse {
			list = append(list, refusal{a.Part.Refusals[i], condition})
		}
	}
	if m.Env != "" {
		list = append(list, refusal{m.Refusals[0], role.UnsafeEnviron(m.Env)})
	}
	return list
}

// arguments lists arguments, one a line if there are more than five.
func arguments(pass []jen.Code) jen.Code {
	if len(pass) <= 5 {
		return jen.Params(pass...)
	}
	return jen.Custom(jen.Options{Open: "(", Close: ")", Separator: ",", Multi: true}, pass...)
}

func (w *body) close(g *jen.Group) {
	h := w.m.Recv
	g.If(jen.Id(h.Receiver).Op("==").Nil().Op("||").Id(h.Receiver).Dot("handle").Op("==").Nil()).Block(jen.Return())
	g.Id(h.Receiver).Dot("handle").Dot("Close").Call(jen.Id(h.ClosedError))
}

func (w *body) enter(g *jen.Group) {
	if w.m.Recv == nil || w.m.Access == ir.Unguarded {
		return
	}
	name := "enter"
	if w.m.Access == ir.Setup {
		name = "enterSetup"
	}
	recv := w.m.Recv.Receiver
	g.List(jen.Id("shard"), jen.Err()).Op(":=").Id(recv).Dot(name).Call()
	g.If(jen.Err().Op("!=").Nil()).Block(jen.ReturnFunc(func(g *jen.Group) { w.fail(g, jen.Err()) }))
}

// enterOthers writes the entry into the handles that are arguments, and their exit at the end.
func (w *body) enterOthers(g *jen.Group) {
	for _, a := range w.m.ShimArgs() {
		if !a.Part.Enters {
			continue
		}
		shard := role.EnteredShard(a)
		g.List(jen.Id(shard), jen.Err()).Op(":=").Id(a.GoName).Dot("enter").Call()
		g.If(jen.Err().Op("!=").Nil()).Block(jen.ReturnFunc(func(g *jen.Group) { w.fail(g, jen.Err()) }))
		g.Defer().Id(a.GoName).Dot("exit").Call(jen.Id(shard))
	}
}

// waitsName returns the name of the throttle.Target of calls that wait for waits.
func waitsName(waits spec.Waits) string {
	return map[spec.Waits]string{spec.WaitsOSD: "OSD", spec.WaitsMon: "Mon", spec.WaitsMgr: "Mgr", spec.WaitsAck: "Ack"}[waits]
}

// exit writes the exit from the handle. It is not deferred: nothing panics before, and a deferred call
// would slow down small calls.
func (w *body) exit(g *jen.Group) {
	if w.m.Recv != nil {
		g.Add(w.leave())
	}
}

// leave returns the call that exits from the handle.
func (w *body) leave() *jen.Statement {
	recv := jen.Id(w.m.Recv.Receiver)
	if w.m.Access == ir.Unguarded {
		return jen.Qual("runtime", "KeepAlive").Call(recv)
	}
	return recv.Dot("exit").Call(jen.Id("shard"))
}

// fail lists the zero results and err.
func (w *body) fail(g *jen.Group, err jen.Code) {
	for _, r := range w.results {
		if ret := w.m.Ret(); ret.Closed != "" && r.ofRet {
			g.Op(ret.Closed)
			continue
		}
		g.Add(r.Zero)
	}
	if w.m.HasError {
		g.Add(w.named(err))
	}
}

// adopt writes that a new C object becomes a Go object. The method must not exit from the parent before.
func (w *body) adopt(g *jen.Group, call jen.Code, h *ir.Handle, made string) {
	if w.m.Recv != nil {
		g.Defer().Add(w.leave())
	}
	g.If(jen.Id("ret").Op(":=").Add(call), jen.Id("ret").Op("<").Lit(0)).Block(
		jen.Return(jen.Nil(), w.named(asError(jen.Id("ret")))),
	)
	call = construct(h, made)
	if w.op == "" {
		g.Return(call)
		return
	}
	g.List(jen.Id("made"), jen.Err()).Op(":=").Add(call)
	g.Return(jen.Id("made"), w.named(jen.Err()))
}

// construct calls the function that makes an h of the C object made.
func construct(h *ir.Handle, made string) *jen.Statement {
	args := []jen.Code{jen.Id(made)}
	switch {
	case h.IsImported():
		args = append([]jen.Code{jen.Id("owner")}, args...)
	case h.Owner != nil:
		args = append([]jen.Code{jen.Id(h.Owner.Receiver)}, args...)
	}
	return jen.Id("new" + title(h.Go)).Call(args...)
}

// replace writes that C makes the object ready. The first attempt uses the object itself, so that users
// of its C handle have one that is ready. The library can't use an object again whose attempt has failed:
// a new object replaces it. Each later attempt uses another object, which replaces the current one if it
// succeeds. An attempt during another one, or after a successful one, returns the error that C has for it.
func (w *body) replace(g *jen.Group, pass []jen.Code) {
	handle := jen.Id(w.m.Recv.Receiver).Dot("handle")
	code := func(errno string) jen.Code {
		return errnoError(errno)
	}
	ctx := background()
	if w.m.AttemptTakesContext() {
		ctx = jen.Id("ctx")
	}
	g.List(jen.Id("own"), jen.Err()).Op(":=").Add(handle.Clone()).Dot("BeginReplace").Call(ctx, code("EISCONN"), code("EINPROGRESS"))
	g.If(jen.Err().Op("!=").Nil()).BlockFunc(func(g *jen.Group) {
		w.exit(g)
		g.Return(w.named(jen.Err()))
	})
	shim := func(own jen.Code, attempt int) *jen.Statement {
		return jen.Qual("C", w.m.Shim).Add(arguments(append(slices.Clone(pass), own, jen.Lit(attempt), jen.Op("&").Id("replacement"))))
	}
	g.Var().Id("replacement").Add(role.CgoHandle(w.m.Recv))
	g.Var().Id("ret").Qual("C", "int64_t")
	g.If(jen.Id("own")).Block(
		jen.Id("ret").Op("=").Add(shim(jen.Id(w.m.Recv.Receiver).Dot("object").Call(), 1)),
		jen.If(jen.Id("ret").Op("<").Lit(0)).Block(
			shim(jen.Lit(0), 0).Comment("if it makes none, the next attempt does"),
		),
	).Else().Block(
		jen.Id("ret").Op("=").Add(shim(jen.Lit(0), 1)),
	)
	g.Add(handle.Clone().Dot("EndReplace").Call(jen.Qual("unsafe", "Pointer").Call(jen.Id("replacement")), jen.Id("ret").Op(">=").Lit(0)))
	w.exit(g)
	g.Return(w.named(asError(jen.Id("ret"))))
}

// keep writes that the handle stores the error of a setter, which cannot return it.
func (w *body) keep(g *jen.Group, call jen.Code) {
	if !w.m.CanFail {
		g.Add(call)
		w.exit(g)
		w.note(g)
		return
	}
	g.Id("ret").Op(":=").Add(call)
	w.exit(g)
	w.note(g)
	g.Id(w.m.Recv.Receiver).Dot("handle").Dot("SetSetterError").Call(jen.Lit(w.m.Name), asError(jen.Id("ret")))
}

// note writes that a setter is recorded, for copies of the handle. If the handle stores the error of
// the setter, a call that failed is recorded as well: the copy must not work without the setting either.
func (w *body) note(g *jen.Group) {
	if w.m.Replay == "" {
		return
	}
	for _, p := range w.m.Params {
		if strings.HasPrefix(p.Type, "[]") {
			g.Id(p.Name).Op("=").Qual("slices", "Clone").Call(jen.Id(p.Name)).Comment("the caller may change them")
		}
	}
	g.Id(w.m.Recv.Receiver).Dot("settings").Dot("Record").Call(jen.Lit(w.m.Replay), w.setOther())
}

// setOther returns the function that sets on another handle what the method sets.
func (w *body) setOther() jen.Code {
	other := jen.Id("other")
	set := other.Clone().Dot(w.m.Name).Call(w.pass()...)
	if w.m.HasError {
		set = jen.Return(set)
	} else {
		set = set.Line().Return(jen.Nil())
	}
	return jen.Func().Params(other.Clone().Op("*").Id(w.m.Recv.Go)).Error().Block(set)
}

// with writes the method that returns a copy of the handle with the setting of m.
func with(f *jen.File, m *ir.Method) {
	doc(f, m.With.Doc)
	recv, handle := jen.Id(m.Recv.Receiver), jen.Op("*").Id(m.Recv.Go)
	f.Func().Params(recv.Clone().Add(handle)).Id(m.With.Name).Params(grouped(m.Params)...).Params(handle.Clone(), jen.Error()).Block(
		jen.List(jen.Id("other"), jen.Err()).Op(":=").Add(recv.Clone()).Dot(m.Recv.Copy).Call(jen.Lit(m.Replay), (&body{m: m}).setOther()),
		jen.Return(jen.Id("other"), recv.Clone().Dot("wrap").Call(jen.Lit(m.With.Name), jen.Lit(""), jen.Err())),
	).Line()
}

// finish writes the call, and the results from its return value.
func (w *body) finish(g *jen.Group, call jen.Code) {
	m, ret := w.m, jen.Id("ret")
	if m.CanFail || m.Ret().Result {
		call = ret.Clone().Op(":=").Add(call)
	}
	g.Add(call)
	w.exit(g)
	w.note(g)
	if m.Ret().Answers {
		w.returnCall(g, codeResult(m, asError(ret)))
		return
	}
	switch {
	case m.CanFail && (w.always() || len(w.results) == 0):
		g.ReturnFunc(func(g *jen.Group) { w.succeed(g, w.named(asError(ret))) })
		return
	case m.CanFail:
		g.If(ret.Clone().Op("<").Lit(0)).Block(jen.ReturnFunc(func(g *jen.Group) { w.fail(g, asError(ret)) }))
	}
	w.done(g)
}

// codeResult calls the run time's function of that name, which returns no error for the codes of m
// that are results.
func codeResult(m *ir.Method, err jen.Code) jen.Code {
	return jen.Id("codeResult").CallFunc(func(g *jen.Group) {
		g.Int().Call(jen.Id("ret"))
		g.Add(err)
		for _, code := range m.Ret().Codes {
			g.Qual("C", code)
		}
	})
}

// guarded writes a call that enters and exits in C. outcome, which is not inlined, returns the error.
func (w *body) guarded(g *jen.Group, call jen.Code) {
	ret, recv := jen.Id("ret"), jen.Id(w.m.Recv.Receiver)
	name := "outcome"
	if w.m.Changes && w.m.Async {
		name = "changed"
	}
	outcome := recv.Clone().Dot(name).Call(jen.Op("&").Add(ret))
	g.Var().Id("ret").Qual("C", "int64_t")
	g.Add(call)
	g.Qual("runtime", "KeepAlive").Call(recv)
	failed := func(then func(*jen.Group)) {
		g.If(ret.Clone().Op("<").Lit(0)).BlockFunc(func(g *jen.Group) {
			if w.m.Async {
				w.busy(g)
			}
			then(g)
		})
	}
	switch {
	case w.always():
		if w.m.Async {
			w.busy(g)
		}
		g.ReturnFunc(func(g *jen.Group) { w.succeed(g, w.named(outcome)) })
		return
	case len(w.results) == 0 && !w.m.Ready:
		failed(func(g *jen.Group) { g.Return(w.named(outcome)) })
	case w.m.Ret().Answers:
		failed(func(g *jen.Group) {
			g.Err().Op(":=").Add(outcome)
			w.returnCall(g, codeResult(w.m, jen.Err()))
		})
	default:
		failed(func(g *jen.Group) {
			g.If(jen.Err().Op(":=").Add(outcome), jen.Err().Op("!=").Nil()).Block(
				jen.ReturnFunc(func(g *jen.Group) { w.fail(g, jen.Err()) }))
		})
	}
	w.note(g)
	if w.m.Ready {
		g.Add(recv.Clone().Dot("handle").Dot("Ready").Call())
	}
	w.done(g)
}

// always reports whether there are results that count even with an error.
func (w *body) always() bool {
	return slices.ContainsFunc(w.results, func(r result) bool { return r.Always })
}

// done writes the return of a call that succeeded.
func (w *body) done(g *jen.Group) {
	if w.m.Ret().Field != "" {
		w.collect(g)
		return
	}
	if len(w.results) > 0 || w.m.HasError {
		g.ReturnFunc(func(g *jen.Group) { w.succeed(g, jen.Nil()) })
	}
}

// collect writes the return of the struct of which ret is a field, the number of items. If that is 0, C
// may have set other fields nevertheless, so the struct is empty.
func (w *body) collect(g *jen.Group) {
	name := ir.Unexported(w.m.Struct.Go)
	g.Id(name).Op(":=").Add(w.results[0].Value.Value)
	g.If(jen.Id("ret").Op("==").Lit(0)).Block(
		jen.Id(name).Op("=").Add(empty(w.m)),
	)
	g.Return(jen.Id(name), jen.Nil())
}

// succeed lists the results and err.
func (w *body) succeed(g *jen.Group, err jen.Code) {
	for _, r := range w.results {
		g.Add(r.Value.Value)
	}
	if w.m.HasError {
		g.Add(err)
	}
}

// errnoError returns the error of an errno.
func errnoError(errno string) *jen.Statement {
	return jen.Id("asError").Call(jen.Op("-").Qual("C", errno))
}

func asError(ret jen.Code) *jen.Statement {
	return jen.Id("asError").Call(jen.Int().Call(ret))
}

// result is a result of a method with its code.
type result struct {
	ir.Result
	role.Value
	ofRet bool // it is the return value of C
}

// results returns the results of m. Those that are fields of a struct come as that struct.
func results(m *ir.Method) []result {
	if m.Access == ir.Close || m.Access == ir.Record {
		return nil
	}
	var list []result
	var fields []role.Field
	add := func(field string, r result) {
		if field == "" {
			list = append(list, r)
		} else {
			fields = append(fields, role.Field{Name: field, Value: r.Value.Value})
		}
	}
	if ret := m.Ret(); ret.Result {
		add(ret.Field, result{ir.Result{Name: "ret", Type: ret.Type}, role.RenderRet(ret), true})
	}
	for a := range m.Args() {
		for i, v := range role.Render(a).Results {
			add(a.Keys.Field, result{a.Part.Results[i], v, false})
		}
	}
	if m.Struct != nil {
		last := m.Results[len(m.Results)-1]
		list = append(list, result{last, role.Value{Value: structOf(m, fields), Zero: jen.Nil()}, false})
		if !m.Pointer {
			list[len(list)-1].Zero = empty(m)
		}
	}
	return list
}

// empty returns the struct of m without values.
func empty(m *ir.Method) jen.Code { return structOf(m, nil) }

// structOf returns the struct of m with the fields in the order of their declaration.
func structOf(m *ir.Method, fields []role.Field) jen.Code {
	declared := func(f role.Field) int {
		return slices.IndexFunc(m.Struct.Fields, func(d ir.Field) bool { return d.Go == f.Name })
	}
	slices.SortStableFunc(fields, func(a, b role.Field) int { return declared(a) - declared(b) })
	value := role.Literal(jen.Id(m.Struct.Go), fields...)
	if m.Pointer {
		return jen.Op("&").Add(value)
	}
	return value
}
