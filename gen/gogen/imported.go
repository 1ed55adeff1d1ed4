package gogen

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/role"
)

// ownerName returns the name of the field in which h has its owner.
func ownerName(h *ir.Handle) string {
	if h.IsImported() {
		return "owner"
	}
	return h.Owner.Field
}

// ownerField declares that field, or a parameter like it.
func ownerField(h *ir.Handle) *jen.Statement {
	if h.IsImported() {
		return jen.Id(ownerName(h)).Qual(role.SharedPackage, "Owner")
	}
	return jen.Id(ownerName(h)).Op("*").Id(h.Owner.Go)
}

// imported writes the methods by which h, which belongs to a handle of another package, uses the
// functions of that.
func imported(f *jen.File, h *ir.Handle) {
	recv := jen.Id(h.Receiver)
	method := func(name string) *jen.Statement {
		return f.Func().Params(recv.Clone().Op("*").Id(h.Go)).Id(name)
	}
	none := recv.Clone().Op("==").Nil().Op("||").Add(recv.Clone()).Dot("owner").Op("==").Nil()
	names := jen.List(jen.Id("op"), jen.Id("object")).String()
	op := jen.Lit(h.Go + ".").Op("+").Id("op")

	doc(f, "traced reports whether calls of "+h.Receiver+" are traced.")
	method("traced").Params().Bool().Block(
		jen.Return(recv.Clone().Op("!=").Nil().Op("&&").Add(recv.Clone()).Dot("owner").Op("!=").Nil().Op("&&").Add(recv.Clone()).Dot("owner").Dot("Traced").Call()),
	).Line()

	doc(f, "trace starts the span of a call that transfers bytes bytes, if calls are traced, and makes it the context of the call.")
	method("trace").Params(jen.Id("ctx").Op("*").Qual("context", "Context"), names.Clone(), jen.Id("bytes").Int()).Qual(role.SharedPackage, "Span").Block(
		jen.If(none.Clone()).Block(jen.Return(jen.Qual(role.SharedPackage, "NoSpan").Values())),
		jen.Return(recv.Clone().Dot("owner").Dot("Trace").Call(jen.Id("ctx"), op.Clone(), jen.Id("object"), jen.Id("bytes"))),
	).Line()

	doc(f, "wrap returns err with the method and the object, or nil if err is nil.")
	method("wrap").Params(names.Clone(), jen.Err().Error()).Error().Block(
		jen.If(none.Clone()).Block(jen.Return(jen.Qual(role.SharedPackage, "WrapNone").Call(op.Clone(), jen.Id("object"), jen.Err()))),
		jen.Return(recv.Clone().Dot("owner").Dot("Wrap").Call(op.Clone(), jen.Id("object"), jen.Err())),
	).Line()
}

// goTask reports whether a Task performs m, whose handle belongs to one of another package, on a
// goroutine.
func goTask(m *ir.Method) bool {
	return m.Recv != nil && m.Recv.IsImported() && m.Recv.Tasks != "" && m.Blocking() && !m.Private() && m.Subject != "" &&
		m.NoTask == "" && len(m.Results) <= 1
}

// goTasks writes the type whose methods make Tasks for a Pipeline of the other package.
func goTasks(f *jen.File, p *ir.Plan, h *ir.Handle) {
	task := jen.Op("*").Qual(modulePath+"/"+p.Library.Parent, "Task")
	recv := jen.Id(h.Receiver)
	heading(f, h.Tasks)
	doc(f, h.Tasks+" has a method for each method of "+h.Go+" that is about one object and has at most one result: it returns a ["+
		p.Library.Parent+".Task] by which a ["+p.Library.Parent+".Pipeline] performs that method, on a goroutine. Its parameters are the same. "+
		"A number that the method returns is the field N of the Task; another result is stored in *result when the call succeeds, unless result is nil.\n\n"+
		"The arguments must not be used until the Pipeline yields the Task. A call that is cancelled returns as its form with a context does.")
	f.Type().Id(h.Tasks).Struct(recv.Clone().Op("*").Id(h.Go)).Line()

	doc(f, h.Tasks+" returns the "+h.Tasks+" of "+h.Receiver+", each method of which makes a Task.")
	f.Func().Params(recv.Clone().Op("*").Id(h.Go)).Id(h.Tasks).Params().Id(h.Tasks).Block(jen.Return(jen.Id(h.Tasks).Values(recv.Clone()))).Line()

	perform := jen.Id("perform").Func().Params(jen.Qual("context", "Context")).Params(jen.Int(), jen.Error())
	doc(f, "newTask returns a Task that calls perform.")
	f.Func().Params(recv.Clone().Op("*").Id(h.Go)).Id("newTask").Params(jen.List(jen.Id("op"), jen.Id("object")).String(), jen.Id("bytes").Int(), jen.Id("fills").Bool(), perform).Add(task.Clone()).Block(
		jen.Var().Id("owner").Qual(role.SharedPackage, "Owner"),
		jen.Id("ready").Op(":=").Func().Params().Error().Block(
			jen.List(jen.Id("shard"), jen.Err()).Op(":=").Add(recv.Clone()).Dot("enter").Call(),
			jen.If(jen.Err().Op("==").Nil()).Block(recv.Clone().Dot("exit").Call(jen.Id("shard"))),
			jen.Return(jen.Err()),
		),
		jen.If(recv.Clone().Op("!=").Nil()).Block(jen.Id("owner").Op("=").Add(recv.Clone()).Dot("owner")),
		jen.Return(jen.Qual(role.SharedPackage, "NewTask").Call(
			jen.Id("owner"), jen.Lit(h.Go+"."+h.Tasks+".").Op("+").Id("op"), jen.Id("object"), jen.Id("bytes"), jen.Id("fills"), jen.Id("ready"), jen.Id("perform"),
		).Assert(task.Clone())),
	).Line()

	for _, m := range methodsOf(p, h) {
		if !goTask(m) {
			continue
		}
		w := &body{m: m, results: results(m)}
		call := jen.Id("t").Dot(h.Receiver).Dot(w.form("Detached")).Call(append([]jen.Code{jen.Id("ctx")}, w.pass()...)...)
		params, returned := grouped(m.Params), []jen.Code{jen.Return(call)}
		switch {
		case len(m.Results) == 0:
			returned = []jen.Code{jen.Return(jen.Lit(0), call)}
		case m.Results[0].Type != "int":
			params = append(params, jen.Id("result").Op("*").Add(goType(m.Results[0].Type)))
			returned = []jen.Code{
				jen.List(jen.Id("value"), jen.Err()).Op(":=").Add(call),
				jen.If(jen.Err().Op("==").Nil().Op("&&").Id("result").Op("!=").Nil()).Block(jen.Op("*").Id("result").Op("=").Id("value")),
				jen.Return(jen.Lit(0), jen.Err()),
			}
		}
		text := m.Name + " returns a Task that performs [" + m.FullName() + "]."
		doc(f, text+availability(m))
		f.Func().Params(jen.Id("t").Id(h.Tasks)).Id(m.Name).Params(params...).Add(task.Clone()).Block(
			jen.Return(jen.Id("t").Dot(h.Receiver).Dot("newTask").Call(
				jen.Lit(m.Name), subjectOf(m), moved(m), jen.Lit(fills(m)),
				jen.Func().Params(jen.Id("ctx").Qual("context", "Context")).Params(jen.Int(), jen.Error()).Block(returned...),
			)),
		).Line()
	}
}

// enterOwners writes that the handles of another package are entered which are arguments.
func (w *body) enterOwners(g *jen.Group) {
	for _, a := range w.m.Imports() {
		owner, shard := jen.Id(role.OwnerName(a)), jen.Id("shard")
		if a.Second {
			shard = jen.Id(role.EnteredShard(a))
		}
		g.Add(owner.Clone()).Op(":=").Qual(role.SharedPackage, "OwnerOf").Call(jen.Id(a.GoName))
		g.List(shard.Clone(), jen.Err()).Op(":=").Qual(role.SharedPackage, "Enter").Call(owner.Clone())
		g.If(jen.Err().Op("!=").Nil()).Block(jen.ReturnFunc(func(g *jen.Group) { w.fail(g, jen.Err()) }))
		g.Defer().Add(owner).Dot("Handle").Call().Dot("Exit").Call(shard)
	}
}

// configured writes the function that calls m, which makes a handle, and then setters of the handle.
func configured(f *jen.File, m *ir.Method, c *ir.Configured) {
	made := m.Adopts()
	recv, options := jen.Id(made.Receiver), jen.Id(ir.Unexported(c.Options.Go))
	doc(f, c.Doc)
	f.Func().Id(c.Name).ParamsFunc(func(g *jen.Group) {
		for _, p := range grouped(m.Params) {
			g.Add(p)
		}
		g.Add(options.Clone()).Id(c.Options.Go)
	}).Params(jen.Op("*").Id(made.Go), jen.Error()).BlockFunc(func(g *jen.Group) {
		g.List(recv.Clone(), jen.Err()).Op(":=").Id(m.Name).Call(ids(m.Params)...)
		g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
		for i, setter := range c.Setters {
			set := jen.Err().Op("=").Add(recv.Clone()).Dot(setter.Name).Call(options.Clone().Dot(c.Options.Fields[i].Go))
			if i > 0 {
				set = jen.If(jen.Err().Op("==").Nil()).Block(set)
			}
			g.Add(set)
		}
		g.If(jen.Err().Op("!=").Nil()).Block(
			recv.Clone().Dot("handle").Dot("Close").Call(jen.Id(made.ClosedError)),
			jen.Return(jen.Nil(), jen.Err()),
		)
		g.Return(recv.Clone(), jen.Nil())
	}).Line()
}
