package gogen

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// stepResults writes the types that the steps of h return.
func stepResults(f *jen.File, p *ir.Plan, h *ir.Handle) {
	for _, r := range p.StepResults {
		if r.Handle != h {
			continue
		}
		stepResult(f, r)
		for _, v := range r.Values {
			if !v.Field {
				stepValue(f, r, v)
			}
		}
		stepReceiver(f, r)
	}
}

// stepResult writes the type r.
func stepResult(f *jen.File, r *ir.StepResult) {
	hasError := r.Has((*ir.StepValue).HasError)
	doc(f, r.Doc)
	f.Type().Id(r.Go).StructFunc(func(g *jen.Group) {
		if r.Has((*ir.StepValue).IsNext) {
			g.Id("mu").Qual("sync", "Mutex").Comment("each pair goes to one goroutine")
			g.Id("rest").Index().Byte().Comment("the pairs that have not been returned yet")
		}
		if hasError {
			g.Id("ran").Bool().Comment("the step was performed")
		}
		if r.Has((*ir.StepValue).NamesError) {
			g.Id("steps").Op("*").Qual(oplogPackage, "Recorder").Comment("those of the operation")
		}
		if hasError || r.Has(func(v *ir.StepValue) bool { return v.Is == spec.StepCode && !v.Field }) {
			g.Id("code").Int()
		}
		for _, v := range r.Values {
			switch {
			case v.Field:
				comment(g, v.Doc)
				g.Id(v.Go).Add(goType(v.Type))
			case v.Is != spec.StepCode && v.Is != spec.StepNext:
				g.Id(v.Member()).Add(goType(v.Type))
			}
		}
	}).Line()
}

// stepValue writes the method of r that returns v.
func stepValue(f *jen.File, r *ir.StepResult, v *ir.StepValue) {
	recv := jen.Id(r.Receiver)
	member := recv.Clone().Dot(v.Member())
	doc(f, v.Doc)
	method := f.Func().Params(recv.Clone().Op("*").Id(r.Go)).Id(v.Go).Params()
	switch {
	case v.Is == spec.StepMore:
		method.Bool().Block(jen.Return(recv.Clone().Op("!=").Nil().Op("&&").Add(member)))
	case !v.HasError():
		method.Add(goType(v.Type)).Block(
			jen.If(recv.Clone().Op("==").Nil()).Block(jen.Return(jen.Lit(0))),
			jen.Return(member),
		)
	case v.Is == spec.StepNext:
		method.Params(goType(v.Type), jen.Error()).Block(nextPair(r, v)...)
	default:
		zero := jen.Nil()
		if v.Struct != nil {
			zero = jen.Id(v.Struct.Go).Values()
		}
		method.Params(goType(v.Type), jen.Error()).Block(
			jen.If(recv.Clone().Op("==").Nil()).Block(
				jen.Return(zero, stepError(r, v, jen.Nil(), jen.Id(r.Handle.IncompleteError)))),
			jen.If(jen.Op("!").Add(recv.Clone()).Dot("ran")).Block(
				jen.Return(zero, stepError(r, v, steps(r), jen.Id(r.Handle.IncompleteError)))),
			jen.Return(member, stepError(r, v, steps(r), jen.Id("asError").Call(recv.Clone().Dot("code")))),
		)
	}
	method.Line()
}

// steps returns the recorder of the operation whose step has returned r.
func steps(r *ir.StepResult) jen.Code { return jen.Id(r.Receiver).Dot("steps") }

// stepError returns err, in an ObjectError that names the object of the operation unless errors of v
// are bare.
func stepError(r *ir.StepResult, v *ir.StepValue, steps, err jen.Code) jen.Code {
	if v.BareError {
		return err
	}
	return jen.Id("wrapStep").Call(steps, jen.Lit(r.Go+"."+v.Go), err)
}

// nextPair returns the statements of the method that returns the next pair.
func nextPair(r *ir.StepResult, v *ir.StepValue) []jen.Code {
	recv := jen.Id(r.Receiver)
	incomplete := func(steps jen.Code) jen.Code {
		return jen.Return(jen.Nil(), stepError(r, v, steps, jen.Id(r.Handle.IncompleteError)))
	}
	fields := v.StructFields()
	pair := role.Literal(jen.Id(v.Struct.Go),
		role.Field{Name: v.Struct.FieldOf(fields[0]), Value: jen.Qual(role.WirePackage, "UnsafeString").Call(jen.Id("key"))},
		role.Field{Name: v.Struct.FieldOf(fields[1]), Value: jen.Id("value")},
	)
	return []jen.Code{
		jen.If(recv.Clone().Op("==").Nil()).Block(incomplete(jen.Nil())),
		recv.Clone().Dot("mu").Dot("Lock").Call(),
		jen.Defer().Add(recv.Clone()).Dot("mu").Dot("Unlock").Call(),
		jen.If(jen.Op("!").Add(recv.Clone()).Dot("ran")).Block(incomplete(steps(r))),
		jen.List(jen.Id("key"), jen.Id("value"), jen.Id("rest"), jen.Id("ok")).Op(":=").
			Qual(role.WirePackage, "Pair").Call(recv.Clone().Dot("rest")),
		jen.If(jen.Op("!").Id("ok")).Block(jen.Return(jen.Nil(), stepError(r, v, steps(r), jen.Id("asError").Call(recv.Clone().Dot("code"))))),
		recv.Clone().Dot("rest").Op("=").Id("rest"),
		jen.Return(jen.Op("&").Add(pair), jen.Nil()),
	}
}

// stepReceiver writes the type that stores the outcome of a step in r.
func stepReceiver(f *jen.File, r *ir.StepResult) {
	doc(f, r.ReceiverType()+" stores the outcome of a step in its result.")
	f.Type().Id(r.ReceiverType()).Struct(jen.Id("result").Op("*").Id(r.Go)).Line()
	result := jen.Id("r").Dot("result")
	f.Func().Params(jen.Id("r").Id(r.ReceiverType())).Id("Receive").Params(jen.Id("outcome").Qual(oplogPackage, "Outcome")).BlockFunc(func(g *jen.Group) {
		if r.Has((*ir.StepValue).IsNext) {
			g.Add(result.Clone().Dot("mu").Dot("Lock").Call())
			g.Defer().Add(result.Clone().Dot("mu").Dot("Unlock").Call())
		}
		hasError := r.Has((*ir.StepValue).HasError)
		if hasError {
			g.List(result.Clone().Dot("ran"), result.Clone().Dot("code")).Op("=").List(outcome("Ran"), outcome("Code"))
		}
		for _, v := range r.Values {
			if !v.HasError() && !(hasError && v.Is == spec.StepCode && !v.Field) {
				g.Add(result.Clone().Dot(v.Member()).Op("=").Add(stepValueOf(v)))
			}
		}
		if !hasError {
			return
		}
		g.If(outcome("Succeeded").Call()).BlockFunc(func(g *jen.Group) {
			for _, v := range r.Values {
				member := v.Member()
				if v.Is == spec.StepNext {
					member = "rest"
				}
				if v.HasError() {
					g.Add(result.Clone().Dot(member).Op("=").Add(stepValueOf(v)))
				}
			}
		})
	}).Line()
}

// outcome is a field or method of the outcome of a step.
func outcome(name string) *jen.Statement { return jen.Id("outcome").Dot(name) }

// stepValueOf returns the value that an outcome has for v.
func stepValueOf(v *ir.StepValue) jen.Code {
	switch v.Is {
	case spec.StepCode:
		return outcome("Code")
	case spec.StepMore:
		return outcome("More")
	case spec.StepCount:
		return jen.Int64().Call(jen.Len(outcome("Data")))
	case spec.StepMap:
		return jen.Qual(role.WirePackage, "Pairs").Call(outcome("Data"))
	case spec.StepKeys:
		return jen.Qual(role.WirePackage, "Keys").Call(outcome("Data"))
	case spec.StepStat:
		fields := v.StructFields()
		return role.Literal(jen.Id(v.Struct.Go),
			role.Field{Name: v.Struct.FieldOf(fields[0]), Value: outcome("Size")},
			role.Field{Name: v.Struct.FieldOf(fields[1]), Value: outcome("Time")},
		)
	}
	return outcome("Data")
}
