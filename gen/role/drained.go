package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(drained{}, "The iterator that the call makes: all its pairs are returned as a map.",
		"name")
}

// drained: an iterator that the call makes. The C function drains it into one buffer and frees it.
type drained struct{}

func (drained) Name() string { return "drained" }

func (drained) Fits(a *ir.Arg) error {
	if !a.Iterator || !a.Param.Type.Is(a.Param.Type.Base, 1) || a.Param.Type.Const || a.Step {
		return wants(a, "a pointer to an iterator, in a function that is no step")
	}
	return nil
}

func (r drained) Infers(a *ir.Arg) bool {
	return a.Iterator && !a.Step && r.Fits(a) == nil && a.Object == ""
}

func (drained) Part(a *ir.Arg) ir.Part {
	p := bufferPart(a.Param.Name+"_pairs", ir.Result{Name: a.GoName, Type: "map[string][]byte"})
	p.CNames, p.Drains = append(p.CNames, copied(a)), a.Param.Type.Base
	return p
}

func (drained) Code(a *ir.Arg) Code {
	iter, pairs := copied(a), a.Param.Name+"_pairs"
	f := buffer(a.GoName, pairs, Value{
		Value: jen.Qual(WirePackage, "Pairs").Call(taken(a.GoName)),
		Zero:  jen.Nil(),
	})
	f.Locals = []string{a.Param.Type.Base + " " + iter + " = NULL"}
	f.CallArgs = map[string]string{a.Param.Name: "&" + iter}
	f.Cleanup = []string{
		"if (ret >= 0)\n\t\tret = gorados_drain_" + a.Param.Type.Base + "(" + iter + ", " + pairs + ")",
		endBuffer(pairs),
	}
	return f
}
