package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/plan"
)

// withContext writes the form of m that ends with a context: an operation of one step.
func withContext(f *jen.File, m *plan.Method) {
	recv, step := m.Recv, m.Context
	name, op := m.Name+"Context", jen.Id("op")
	doc(f, name+" is "+m.Name+" that ends with ctx. Then its error is an ObjectError in which errors.Is finds\n"+
		"both ctx.Err() and ErrOutcomeUnknown; see "+step.Recv.Go+".OperateContext.")
	var args []jen.Code
	for _, p := range m.Params()[1:] {
		args = append(args, jen.Id(p.Name))
	}
	f.Func().Params(jen.Id(recv.Receiver).Op("*").Id(recv.Go)).Id(name).ParamsFunc(func(g *jen.Group) {
		g.Id("ctx").Qual("context", "Context")
		for _, p := range grouped(m.Params()) {
			g.Add(p)
		}
	}).Error().Block(
		jen.Return(jen.Id(recv.Receiver).Dot("writeContext").Call(
			jen.Id("ctx"), jen.Lit(name), jen.Id(m.Params()[0].Name),
			jen.Func().Params(op.Clone().Op("*").Id(step.Recv.Go)).Block(op.Clone().Dot(step.Name).Call(args...)),
		)),
	).Line()
}
