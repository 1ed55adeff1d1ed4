package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(recorded{}, "An operation whose steps Go has recorded; the C shim makes the C object, adds the steps and frees it.",
		"name")
}

// recorded: an operation whose steps Go has recorded. The shim makes the C object,
// adds the steps, and frees it; what the steps have to report comes back in a
// buffer, also when the operation failed, and takes the place of the record if it fits.
type recorded struct{}

func (recorded) Name() string { return "recorded" }

func (recorded) Fits(a *ir.Arg) error {
	if a.Handle == nil || !a.Handle.Recorded() || a.Depth != 0 {
		return wants(a, "a handle that is recorded (op_new)")
	}
	return nil
}

func (r recorded) Infers(a *ir.Arg) bool {
	return r.Fits(a) == nil && !isReceiver(a) && a.Object == ""
}

func (recorded) Part(a *ir.Arg) ir.Part {
	name := a.Param.Name
	p := bufferPart(name+"_out", ir.Result{Name: "outcomes", Type: "[]byte", Always: true})
	p.Params = []ir.Var{{Name: a.GoName, Type: "[]byte"}}
	p.CNames = []string{name, name + "_len", name + "_out"}
	p.Performs, p.Stored, p.Places = a.Handle, true, placesIf(a.Async, "op")
	if !a.Async {
		p.CNames, p.Checked = append(p.CNames, copied(a)), true
	}
	return p
}

func (recorded) Code(a *ir.Arg) Code {
	name := a.Param.Name
	f := buffer("outcomes", name+"_out", Value{
		Value: jen.Id("takeBufferInto").Call(jen.Id(a.GoName).Index(jen.Empty(), jen.Lit(0)), jen.Op("&").Id("outcomes")),
		Zero:  jen.Nil(),
	})
	f.ShimArgs = append([]jen.Code{jen.Id("bytesPointer").Call(jen.Id(a.GoName)), size(a.GoName)}, f.ShimArgs...)
	f.ShimParams = append([]string{"const char *" + name, "size_t " + name + "_len"}, f.ShimParams...)
	if a.Async {
		return onEngine(a, f)
	}
	f.Locals = []string{"struct gorados_op " + copied(a)}
	f.Prepare = []string{"gorados_" + a.Handle.C + "_init(&" + copied(a) + ", " + name + ", " + name + "_len, &ret)"}
	f.CallArgs = map[string]string{name: copied(a) + ".object"}
	f.Cleanup = []string{"gorados_" + a.Handle.C + "_finish(&" + copied(a) + ", " + name + "_out, &ret)"}
	return f
}

// onEngine keeps the operation in the call: it is needed until the library has answered.
func onEngine(a *ir.Arg, f Code) Code {
	name, finish := a.Param.Name, "gorados_"+a.Handle.C+"_finish"
	f.PrepareLast = []string{
		"call->finish = " + finish,
		"gorados_" + a.Handle.C + "_init(&call->op, " + name + ", " + name + "_len, &ret)",
	}
	f.CallArgs = map[string]string{name: "call->op.object"}
	f.Cleanup = []string{"gorados_call_report(call, acquired, " + name + "_out, &ret)"}
	f.AsyncArgs = append(f.ShimArgs[:2:2], jen.Nil())
	f.AfterAsync = []jen.Code{jen.Id("ret").Op("=").Int64().Call(c("gorados_call_finish").Call(
		jen.Id("state"), jen.Op("&").Id("outcomes"), c("int64_t").Call(jen.Id("ret"))))}
	return f
}
