package role

import "github.com/dave/jennifer/jen"

func init() {
	register(recorded{}, "An operation whose steps Go has recorded; the C shim makes the C object, adds the steps and frees it.",
		"name")
}

// recorded: an operation whose steps Go has recorded. The shim makes the C object,
// adds the steps, and frees it; what the steps have to report comes back in a
// buffer, also when the operation failed, and takes the place of the record if it fits.
type recorded struct{}

func (recorded) Name() string { return "recorded" }

func (recorded) Fits(a *Arg) error {
	if a.Handle == nil || !a.Handle.Recorded || a.Param.Type.IsPointer() {
		return wants(a, "a handle that is recorded (op_new)")
	}
	return nil
}

func (recorded) Fragment(a *Arg) Fragment {
	name := a.Param.Name
	f := buffer("outcomes", name+"_out", Result{
		Name:   "outcomes",
		Type:   "[]byte",
		Value:  jen.Id("takeBufferInto").Call(jen.Id(a.GoName).Index(jen.Empty(), jen.Lit(0)), jen.Op("&").Id("outcomes")),
		Zero:   jen.Nil(),
		Always: true,
	})
	f.Params = []Var{{a.GoName, "[]byte"}}
	f.Pass = append([]jen.Code{jen.Id("bytesPointer").Call(jen.Id(a.GoName)), size(a.GoName)}, f.Pass...)
	f.Takes = append([]string{"const char *" + name, "size_t " + name + "_len"}, f.Takes...)
	if a.Engine {
		return onEngine(a, f)
	}
	f.Locals = []string{"struct gorados_op " + copied(a)}
	f.Prepare = []string{"gorados_" + a.Handle.C + "_init(&" + copied(a) + ", " + name + ", " + name + "_len, &ret)"}
	f.Give = map[string]string{name: copied(a) + ".object"}
	f.Done = []string{"gorados_" + a.Handle.C + "_finish(&" + copied(a) + ", " + name + "_out, &ret)"}
	return f
}

// onEngine keeps the operation in the call: it is needed until librados has answered.
func onEngine(a *Arg, f Fragment) Fragment {
	name, finish := a.Param.Name, "gorados_"+a.Handle.C+"_finish"
	f.Late = []string{
		"call->finish = " + finish,
		"gorados_" + a.Handle.C + "_init(&call->op, " + name + ", " + name + "_len, &ret)",
	}
	f.Give = map[string]string{name: "call->op.object"}
	f.Done = []string{"gorados_call_report(call, async, " + name + "_out, &ret)"}
	f.Sent = append(f.Pass[:2:2], jen.Nil())
	f.Later = []jen.Code{jen.Id("ret").Op("=").Int64().Call(c("gorados_call_finish").Call(
		jen.Id("state"), jen.Op("&").Id("outcomes"), c("int64_t").Call(jen.Id("ret"))))}
	return f
}
