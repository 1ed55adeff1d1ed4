package role

import "github.com/dave/jennifer/jen"

// Ret is what a return value means.
type Ret struct {
	Name string
	// HasError: a negative value is an error.
	HasError bool
	// Result: the value itself is a result of the method.
	Result bool
	What   string // for people
}

// Rets is the vocabulary of return values.
var Rets = []Ret{
	{"errno", true, false, "0, or a negative errno; a positive value is no error"},
	{"count", true, true, "a number, or a negative errno"},
	{"length", true, false, "how many bytes of the buffer were used, or a negative errno"},
	{"needed", true, false, "how large the buffer must be, or a negative errno"},
	{"verdict", true, true, "0, a negative errno that is an answer (codes), or one that is an error"},
	{"value", false, true, "a number; there is no error"},
	{"object", true, false, "an object for the steps that follow; NULL is an error"},
	{"either-sign", true, false, "0, or an errno: negative, or positive as commands return it"},
	{"opaque", false, true, "a C object that Go keeps as a number"},
	{"none", false, false, "nothing"},
	{"void", false, false, "nothing, but the method says whether its handle can be used"},
}

// RetByName returns the meaning of that name, or nil.
func RetByName(name string) *Ret {
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

// ToGo is the result that the value in ret becomes, of type goType. Where the
// code may be an answer, what can't be called at all has a negative code too, lest
// it be taken for success.
func (r *Ret) ToGo(goType string) Result {
	result := Result{
		Name:  "ret",
		Type:  goType,
		Value: jen.Id(goType).Call(jen.Id("ret")),
		Zero:  jen.Lit(0),
	}
	if r.Name == "verdict" {
		result.Zero = jen.Op("-").Qual("C", "EINVAL")
	}
	return result
}
