package role

import "github.com/dave/jennifer/jen"

func init() { register(recorded{}, "name") }

// recorded: an operation whose steps Go has recorded. The shim makes the C object,
// adds the steps, and frees it; what the steps have to report comes back in a
// buffer, also when the operation failed, and takes the place of the record if it fits.
type recorded struct{}

func (recorded) Name() string { return "recorded" }

func (recorded) Fits(a *Arg) error {
	if a.Handle == nil || !a.Handle.Recorded || a.Param.Type.IsPointer() {
		return wants(a, "a handle that is recorded (make)")
	}
	return nil
}

func (r recorded) Fragment(a *Arg) Fragment {
	if a.Pending {
		return r.begun(a)
	}
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
	f.Locals = []string{"struct go_op " + copied(a)}
	f.Prepare = []string{"go_" + a.Handle.C + "_make(&" + copied(a) + ", " + name + ", " + name + "_len, &ret)"}
	f.Give = map[string]string{name: copied(a) + ".object"}
	f.Done = []string{"go_" + a.Handle.C + "_finish(&" + copied(a) + ", " + name + "_out, &ret)"}
	return f
}

// begun is an operation that goes on when the shim has returned: what it has to report
// is learned when it has ended.
func (recorded) begun(a *Arg) Fragment {
	name, op, end := a.Param.Name, copied(a), "go_"+a.Handle.C+"_finish"
	return Fragment{
		Params:  []Var{{a.GoName, "[]byte"}},
		Pass:    []jen.Code{jen.Id("bytesPointer").Call(jen.Id(a.GoName)), size(a.GoName)},
		Takes:   []string{"const char *" + name, "size_t " + name + "_len"},
		Locals:  []string{"struct go_op *" + op + " = NULL"},
		Prepare: []string{"if ((" + op + " = go_op_new(&ret)))\n\t\tgo_" + a.Handle.C + "_make(" + op + ", " + name + ", " + name + "_len, &ret)"},
		Give:    map[string]string{name: op + "->object"},
		Done:    []string{"go_aio_keep(aio, " + op + ", " + end + ", ret)"},
	}
}
