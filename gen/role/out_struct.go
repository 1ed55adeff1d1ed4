package role

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outStruct{}, "A C struct that C fills, returned as the Go struct that mirrors it.",
		"name", "field")
}

// out-struct: a C struct that C fills, handed on as the Go struct that mirrors it.
type outStruct struct{}

func (outStruct) Name() string { return "out-struct" }

func (outStruct) Fits(a *ir.Arg) error {
	if a.Struct == nil || len(a.Param.Type.Stars) != 1 || a.Param.Type.Const {
		return wants(a, "a pointer to a struct that a type of the spec mirrors")
	}
	return nil
}

func (outStruct) Part(a *ir.Arg) ir.Part { return outPart(a, a.Struct.Go, a.Param.Name) }

func (outStruct) Code(a *ir.Arg) Code {
	local, own := a.GoName, ctype.OwnStruct(a.Struct.C)
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
