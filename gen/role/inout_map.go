package role

import (
	"cmp"
	"errors"
	"fmt"
	"maps"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inoutMap{}, "A map of texts in two lists like that of inout-size-list: the keys, and in a buffer four times as large the values (parallel, with its length).",
		"name", "length", "parallel", "initial_size")
}

// inout-size-map: two lists of as many texts, the keys and the values of a map, each in a buffer
// as that of inout-size-list.
type inoutMap struct{}

func (inoutMap) Name() string { return "inout-size-map" }

func (inoutMap) Fits(a *ir.Arg) error {
	if len(a.Covers) != 2 {
		return errors.New("wants parallel: the list of the values and its length")
	}
	keys, values := a.Lists()
	return cmp.Or(inoutSize{}.Fits(keys), inoutSize{}.Fits(values))
}

func (inoutMap) Part(a *ir.Arg) ir.Part {
	p := outPart(a, "map[string]string", a.Param.Name, a.Covers[0].Name)
	p.Locals, p.Checked, p.Retried, p.Layout = []string{a.GoName + "Values"}, true, true, ir.Lists
	return p
}

func (inoutMap) Code(a *ir.Arg) Code {
	keyList, valueList := a.Lists()
	keys, values := inoutSize{}.Code(keyList), inoutSize{}.Code(valueList)
	code := Code{
		Before:     append(keys.Before, values.Before...),
		ShimArgs:   append(keys.ShimArgs, values.ShimArgs...),
		ShimParams: append(keys.ShimParams, values.ShimParams...),
		Prepare:    append(keys.Prepare, values.Prepare...),
		CallArgs:   keys.CallArgs,
		RetryIf:    fmt.Sprintf("%s | %s", keys.RetryIf, values.RetryIf),
		Cleanup:    append(keys.Cleanup, values.Cleanup...),
	}
	maps.Copy(code.CallArgs, values.CallArgs)
	code.Results = []Value{{
		Value: jen.Qual(WirePackage, "ItemMap").Call(taken(keyList.GoName), taken(valueList.GoName)),
		Zero:  jen.Nil(),
	}}
	return code
}
