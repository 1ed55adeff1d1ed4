package gogen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/role"
)

// tasks writes what a Pipeline needs to perform methods: for each, the type of the arguments of a
// call, and the method that makes a Task.
func tasks(f *jen.File, p *ir.Plan) {
	older := jen.Dict{}
	for _, h := range p.Handles {
		if h.Tasks == "" {
			continue
		}
		if h.IsImported() {
			goTasks(f, p, h)
			continue
		}
		heading(f, h.Tasks)
		for _, m := range methodsOf(p, h) {
			if !m.Task {
				continue
			}
			t := task{m}
			t.maker(f)
			t.args(f)
			if m.OlderTask != "" {
				t.olderMaker(f)
				older[jen.Lit(t.op())] = jen.Lit(t.older())
			}
		}
	}
	if len(older) > 0 {
		doc(f, "olderTasks are the names of the deprecated methods that make a Task, by those that replace them.")
		f.Var().Id("olderTasks").Op("=").Map(jen.String()).String().Values(older).Line()
	}
}

// task writes the code by which a Task performs a method.
type task struct{ m *ir.Method }

// op returns the name that the errors of the Task have.
func (t task) op() string { return t.m.Recv.Tasks + "." + t.m.Name }

// older returns the name of the deprecated method that makes the Task.
func (t task) older() string {
	_, name, _ := strings.Cut(t.m.OlderTask, ".")
	return name
}

// others returns the parameters but that for the name of the object, which each Task has.
func (t task) others() []ir.Var {
	var list []ir.Var
	for _, p := range t.m.Params {
		if p.Name != t.m.Subject {
			list = append(list, p)
		}
	}
	return list
}

// maker writes the method that makes the Task.
func (t task) maker(f *jen.File) {
	doc(f, t.doc()+availability(t.m))
	f.Func().Params(jen.Id("t").Id(t.m.Recv.Tasks)).Id(t.m.Name).Params(grouped(t.m.Params)...).Op("*").Id("Task").BlockFunc(func(g *jen.Group) {
		var fields []role.Field
		for _, p := range t.others() {
			fields = append(fields, role.Field{Name: p.Name, Value: jen.Id(p.Name)})
		}
		g.Return(jen.Id("newTask").Call(jen.Id("t").Dot(t.m.Recv.Receiver), jen.Id(t.m.Subject), role.Literal(jen.Id(t.m.TaskArgs()), fields...)))
	}).Line()
}

// doc returns the doc comment of the method that makes the Task.
func (t task) doc() string {
	text := t.m.Name + " returns a Task that performs [" + t.m.FullName() + "]."
	if field, _ := t.m.TaskField(); field != "" {
		text += " Its result is the field " + field + " of the Task."
	}
	for _, a := range t.m.ShimArgs() {
		for _, p := range a.Part.Params {
			switch {
			case role.Render(a).Pinned != nil:
				text += " " + p.Name + " must not be used until the Pipeline yields the Task."
			case strings.HasPrefix(p.Type, "[]") || strings.HasPrefix(p.Type, "map["):
				text += " " + p.Name + " may be changed again when the Pipeline requests the next Task."
			}
		}
	}
	return text
}

// olderMaker writes the deprecated method that makes the Task.
func (t task) olderMaker(f *jen.File) {
	recv := jen.Id(t.m.Recv.Receiver)
	doc(f, t.older()+" is "+t.m.Name+" of ["+t.m.Recv.Tasks+"].\n\nDeprecated: use ["+t.op()+"].")
	f.Func().Params(recv.Clone().Op("*").Id(t.m.Recv.Go)).Id(t.older()).Params(grouped(t.m.Params)...).Op("*").Id("Task").Block(
		jen.Return(recv.Clone().Dot(t.m.Recv.Tasks).Call().Dot(t.m.Name).Call(ids(t.m.Params)...).Dot("older").Call()),
	).Line()
}

// args writes the type of the arguments and its methods, by which a Pipeline performs the call.
func (t task) args(f *jen.File) {
	name := t.m.TaskArgs()
	doc(f, name+" are the arguments of "+t.m.Name+" in a Task, in addition to the object.")
	f.Type().Id(name).StructFunc(func(g *jen.Group) {
		for _, p := range t.others() {
			g.Id(p.Name).Add(goType(p.Type))
		}
	}).Line()
	call := jen.Id("call").Op("*").Qual(aioPackage, "Call")
	handle := jen.Id("t").Dot(t.m.Recv.Receiver)
	t.method(f, "op", nil).Params().String().Block(jen.Return(jen.Lit(t.op())))

	moving, sum := movedOf(t.m, t.param)
	t.method(f, "bytes", moving).Params().Int().Block(jen.Return(sum))

	if fills(t.m) {
		doc(f, "fills marks a call whose result is the number of bytes that it has filled.")
		f.Func().Params(jen.Op("*").Id(name)).Id("fills").Params().Block().Line()
	}

	t.method(f, "start", t.others()).Params(jen.Id("t").Op("*").Id("Task"), call.Clone()).Int64().Block(
		jen.Return(handle.Clone().Dot(starterName(t.m)).Call(append([]jen.Code{jen.Id("call")}, t.pass(t.m.Params)...)...)))

	if nouns := t.m.Nouns(); len(nouns) > 0 {
		t.method(f, "named", nouns[0].Part.Params).Params(jen.Err().Error()).Error().Block(
			jen.Return(withArguments(t.m, jen.Err(), t.pass)))
	}

	var taken []ir.Var
	if t.m.HasFinisher() {
		taken = finisherParams(t.m)
	}
	params := []jen.Code{jen.Id("ctx").Qual("context", "Context"), jen.Id("t").Op("*").Id("Task"), call, jen.Id("ret").Int64()}
	if !t.m.HasFinisher() {
		t.method(f, "finish", nil).Params(params...).Error().Block(
			jen.Return(finishCall(t.m, handle, jen.Id("ctx"), jen.Id("t").Dot("Object"))))
		return
	}
	field, _ := t.m.TaskField()
	pass := append(append([]jen.Code{jen.Id("ctx"), jen.Id("call")}, t.pass(taken)...), jen.Id("ret"))
	t.method(f, "finish", taken).Params(params...).Params(jen.Err().Error()).Block(
		jen.List(jen.Id("t").Dot(field), jen.Err()).Op("=").Add(handle.Clone().Dot(finisherName(t.m)).Call(pass...)),
		jen.Return(jen.Err()))
}

// method begins a method of the type of the arguments. used are the parameters that it uses; without
// any but the object it needs no name for its receiver.
func (t task) method(f *jen.File, name string, used []ir.Var) *jen.Statement {
	recv := jen.Op("*").Id(t.m.TaskArgs())
	for _, p := range used {
		if p.Name != t.m.Subject {
			recv = jen.Id("a").Add(recv)
			break
		}
	}
	return f.Line().Func().Params(recv).Id(name)
}

// param returns the parameter of that name, which a Task and its arguments have.
func (t task) param(name string) *jen.Statement {
	if name == t.m.Subject {
		return jen.Id("t").Dot("Object")
	}
	return jen.Id("a").Dot(name)
}

// pass lists parameters as arguments.
func (t task) pass(params []ir.Var) []jen.Code {
	var args []jen.Code
	for _, p := range params {
		args = append(args, t.param(p.Name))
	}
	return args
}
