package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

// Rets is the vocabulary of return values.
var Rets = []ir.RetRole{
	{Name: "errno", HasError: true, Number: true, Grows: true, Meaning: "0, or a negative errno; a positive value is no error"},
	{Name: "count", HasError: true, Number: true, Result: true, Counts: true, Meaning: "a number, or a negative errno"},
	{Name: "length", HasError: true, Number: true, Grows: true, Sizes: true, Meaning: "how many bytes of the buffer were used, or a negative errno"},
	{Name: "needed", HasError: true, Number: true, Grows: true, Sizes: true, Needed: true, Meaning: "how large the buffer must be, or a negative errno"},
	{Name: "codes", HasError: true, Number: true, Result: true, Answers: true, Meaning: "0, a negative errno that is an answer (codes), or one that is an error"},
	{Name: "value", Number: true, Result: true, Closable: true, Meaning: "a number; there is no error"},
	{Name: "object", HasError: true, Object: true, Meaning: "an object for the steps that follow; NULL is an error"},
	{Name: "either-sign", HasError: true, Number: true, EitherSign: true, Meaning: "0, or an errno: negative, or positive as commands return it"},
	{Name: "opaque", Result: true, Kept: true, Closable: true, Meaning: "a C object that Go keeps as a number"},
	{Name: "pointer", Nothing: true, Pointer: true, Meaning: "a pointer; what it points to is said in `args`, as of a parameter called `returns`"},
	{Name: "none", Nothing: true, Meaning: "nothing"},
	{Name: "void", Nothing: true, Probes: true, Meaning: "nothing, but the method says whether its handle can be used"},
}

// inferRet returns the role of a return value whose type leaves no doubt: an int is
// an errno unless the spec says otherwise; any other number must be explained, and so must what a
// pointer points to.
func inferRet(result model.Type, makes bool) string {
	switch {
	case result.IsVoid():
		return "none"
	case result.Is("int", 0):
		return "errno"
	case makes:
		return "object"
	case result.IsPointer():
		return "pointer"
	}
	return ""
}

// RetByName returns the role of that name, or nil.
func RetByName(name string) *ir.RetRole {
	for i := range Rets {
		if Rets[i].Name == name {
			return &Rets[i]
		}
	}
	return nil
}

// RetNames lists them.
func RetNames() []string {
	names := make([]string, len(Rets))
	for i, r := range Rets {
		names[i] = r.Name
	}
	return names
}

// RenderRet is the result that the value in ret becomes. Where the code may be an answer, what
// is returned without calling C is a negative code too, so that it does not look like success.
func RenderRet(r *ir.Ret) Value {
	v := Value{Value: jen.Id(r.Type).Call(jen.Id("ret")), Zero: jen.Lit(0)}
	if r.Answers {
		v.Zero = jen.Op("-").Qual("C", "EINVAL")
	}
	return v
}
