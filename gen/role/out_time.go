package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outTime{}, "A time that C stores, in whole seconds or with nanoseconds.",
		"name", "type", "field")
}

// out-time: a time that C stores for the caller, in whole seconds or with nanoseconds. With type it
// is a struct whose fields Sec and Nsec have the seconds and nanoseconds.
type outTime struct{}

func (outTime) Name() string { return "out-time" }

func (outTime) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("time_t", 1) && !a.Param.Type.Is("struct timespec", 1) || a.Param.Type.Const {
		return wants(a, "time_t * or struct timespec *")
	}
	return nil
}

func (outTime) Part(a *ir.Arg) ir.Part {
	p := outPart(a, a.GoType("time.Time"), a.Param.Name)
	p.Stored, p.Places = true, placesIf(a.Async, "time")
	return p
}

func (outTime) Code(a *ir.Arg) Code {
	ctype, seconds, nanoseconds, answer := "time_t", jen.Id(a.GoName), jen.Lit(0), "time.tv_sec"
	if a.Param.Type.Base == "struct timespec" {
		ctype, seconds = "struct_timespec", jen.Id(a.GoName).Dot("tv_sec")
		nanoseconds = jen.Int64().Call(jen.Id(a.GoName).Dot("tv_nsec"))
		answer = "time"
	}
	result := Value{
		Value: jen.Qual("time", "Unix").Call(jen.Int64().Call(seconds), nanoseconds),
		Zero:  jen.Qual("time", "Time").Values(),
	}
	if a.Keys.Type != "" {
		result = Value{
			Value: Literal(jen.Id(a.Keys.Type), Field{"Sec", jen.Int64().Call(seconds)}, Field{"Nsec", nanoseconds}),
			Zero:  jen.Id(a.Keys.Type).Values(),
		}
	}
	f := Code{
		Before:     []jen.Code{jen.Var().Id(a.GoName).Add(c(ctype))},
		ShimArgs:   []jen.Code{jen.Op("&").Id(a.GoName)},
		Results:    []Value{result},
		ShimParams: []string{a.Param.Type.Declare(a.Param.Name)},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name},
	}
	if a.Async {
		f.CallArgs[a.Param.Name] = "&call->head." + answer
		f.Cleanup = []string{unlessAcquired("*" + a.Param.Name + " = call->head." + answer)}
		f.AsyncArgs = []jen.Code{jen.Nil()}
		f.AfterAsync = []jen.Code{jen.Id(a.GoName).Op("=").Id("state").Dot("head").Op(".").Op(answer)}
	}
	return f
}
