package gogen

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/role"
)

// record writes the body of a step, which is recorded rather than sent.
func (w *body) record(g *jen.Group) {
	result := w.m.StepResult
	if result != nil {
		value := jen.Dict{}
		if result.Has((*ir.StepValue).NamesError) {
			value[jen.Id("steps")] = jen.Id(w.m.Recv.Receiver).Dot("recorder").Call()
		}
		g.Id("result").Op(":=").Op("&").Id(result.Go).Values(value)
	}
	step := g.Id("step").Op(":=").Id(w.m.Recv.Receiver).Dot("recorder").Call()
	code := jen.Qual("C", ctype.StepCode(w.m.Shim))
	switch {
	case w.m.ModifiesPrevious:
		step.Dot("BeginModifier").Call(code)
	case w.m.Private() && w.m.HasCode:
		step.Dot("Begin").Call(code, jen.Id("receiver"))
	case result != nil:
		step.Dot("Begin").Call(code, jen.Id(result.ReceiverType()).Values(jen.Id("result")))
	default:
		step.Dot("Begin").Call(code, jen.Nil())
	}
	for _, a := range w.m.ShimArgs() {
		for _, s := range role.Render(a).Before {
			g.Add(s)
		}
	}
	g.Id("step").Dot("End").Call()
	if result != nil {
		g.Return(jen.Id("result"))
	}
}

// recordedType writes a type whose methods are steps.
func recordedType(f *jen.File, h *ir.Handle) {
	recv := jen.Id(h.Receiver).Op("*").Id(h.Go)
	doc(f, h.Doc)
	f.Type().Id(h.Go).Struct(
		jen.Id("steps").Qual(oplogPackage, "Recorder"),
	).Line()
	doc(f, "recorder returns the recorder of the steps. That of a nil "+h.Go+" has been released.")
	f.Func().Params(recv.Clone()).Id("recorder").Params().Op("*").Qual(oplogPackage, "Recorder").Block(
		jen.If(jen.Id(h.Receiver).Op("==").Nil()).Block(jen.Return(jen.Qual(oplogPackage, "NewReleased").Call())),
		jen.Return(jen.Op("&").Id(h.Receiver).Dot("steps")),
	).Line()
}
