package role

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outStruct{}, "A C struct that C fills, returned as the Go struct that mirrors it.",
		"name", "field", "length", "type", "free")
}

// out-struct: a C struct that C fills, returned as the Go struct that mirrors it. One that has nothing
// but numbers is memory of Go. Otherwise the members cross as a record, and what C has allocated for them
// is freed. Where the function takes the size of the struct, that is its length. That of an asynchronous
// call is memory of the call, which C fills after the C function has returned.
type outStruct struct{}

func (outStruct) Name() string { return "out-struct" }

func (outStruct) Fits(a *ir.Arg) error {
	switch {
	case !a.Struct.Mirrors() || len(a.Param.Type.Stars) != 1 || a.Param.Type.Const || a.With != nil && !isLength(a.With):
		return wants(a, "a pointer to a struct that a type of the spec mirrors, and perhaps its size (length)")
	}
	return frees(a)
}

// isRecord reports whether the members of the struct of a cross as a record.
func isRecord(a *ir.Arg) bool {
	return !a.Struct.Plain() || hasFree(a) || a.With != nil || a.Async
}

func (outStruct) Part(a *ir.Arg) ir.Part {
	if !isRecord(a) {
		return outPart(a, a.Struct.Go, a.Param.Name)
	}
	p := bufferPart(a.Param.Name+"_out", ir.Result{Name: a.GoName, Type: a.Struct.Go})
	if a.Async {
		p.Checked, p.Frees, p.Stored, p.Places = true, a.OwnFree, true, []string{"object"}
		return p
	}
	p.CNames = append(p.CNames, copied(a))
	if hasFree(a) {
		p.CNames = append(p.CNames, made(a))
	}
	p.Checked, p.Frees = true, a.OwnFree
	return p
}

// made is the C variable that says whether there is something to be freed.
func made(a *ir.Arg) string { return a.Param.Name + "_made" }

func (outStruct) Code(a *ir.Arg) Code {
	if isRecord(a) {
		return structRecord(a)
	}
	local, own := a.GoName, structType(a)
	var fields []Field
	for _, f := range a.Struct.Fields {
		fields = append(fields, Field{f.Go, jen.Id(f.Type).Call(jen.Id(local).Dot(f.C))})
	}
	return Code{
		Before:     []jen.Code{jen.Var().Id(local).Add(c(strings.Replace(own, " ", "_", 1)))},
		ShimArgs:   []jen.Code{jen.Op("&").Id(local)},
		Results:    []Value{{Value: Literal(jen.Id(a.Struct.Go), fields...), Zero: jen.Id(a.Struct.Go).Values()}},
		ShimParams: []string{own + " *" + a.Param.Name},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name},
	}
}

// structRecord returns the members of the struct in a buffer.
func structRecord(a *ir.Arg) Code {
	object, out := copied(a), a.Param.Name+"_out"
	f := buffer(a.GoName, out, Value{
		Value: jen.Qual(RecordPackage, "One").Call(taken(a.GoName), readStruct(a.Struct)),
		Zero:  jen.Id(a.Struct.Go).Values(),
	})
	if a.Async {
		return structOfCall(a, f)
	}
	f.Locals = []string{structType(a) + " " + object}
	f.Prepare = []string{"memset(&" + object + ", 0, sizeof " + object + ")", "gorados_buf_alloc(" + out + ", 512, &ret)"}
	f.CallArgs = map[string]string{a.Param.Name: "&" + object}
	if a.With != nil {
		f.CallArgs[a.With.Name] = castNumber(*a.With, "sizeof "+object)
	}
	if hasFree(a) {
		f.Locals = append(f.Locals, "int "+made(a))
		f.Cleanup = append(f.Cleanup, made(a)+" = ret >= 0")
	}
	f.Cleanup = append(f.Cleanup, appendStruct(a.Struct, object+".", out)...)
	switch free := freeStruct(a, "&"+object, object+"."); {
	case len(free) == 1:
		f.Cleanup = append(f.Cleanup, "if ("+made(a)+")\n\t\t"+free[0])
	case free != nil:
		f.Cleanup = append(f.Cleanup, block("if ("+made(a)+")", free))
	}
	f.Cleanup = append(f.Cleanup, endBuffer(out))
	return f
}

// structOfCall has C fill a struct of the call, whose members become the record when it has completed.
func structOfCall(a *ir.Arg, f Code) Code {
	take, typ := a.Shim+"_take", structType(a)
	f.Functions = []string{takeFunction(a, take)}
	f.Prepare = []string{"gorados_call_object(call, sizeof(" + typ + "), " + take + ", &ret)"}
	f.CallArgs = map[string]string{a.Param.Name: "call->object"}
	if a.With != nil {
		f.CallArgs[a.With.Name] = castNumber(*a.With, "sizeof("+typ+")")
	}
	f.Cleanup = []string{unlessAcquired("ret = gorados_call_take(call, " + a.Param.Name + "_out, ret)")}
	f.AsyncArgs = []jen.Code{jen.Nil()}
	f.AfterAsync = []jen.Code{jen.Id("ret").Op("=").Int64().Call(c("gorados_call_take").Call(
		jen.Id("state"), jen.Op("&").Id(a.GoName), c("int64_t").Call(jen.Id("ret"))))}
	return f
}

// takeFunction is the C function of that name, which writes the members of the struct that a call has
// filled and frees what they point to.
func takeFunction(a *ir.Arg, name string) string {
	object := copied(a)
	statements := appendStruct(a.Struct, object+"->", "out")
	statements = append(statements, freeStruct(a, object, object+"->")...)
	return function("int64_t "+name+"(void *object, struct gorados_buf *out)",
		[]string{structType(a) + " *" + object + " = object", "int64_t ret = 0"}, append(statements, "return ret"))
}
