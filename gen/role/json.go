package role

import (
	"cmp"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(jsonText{}, "A command that is one JSON document.",
		"name", "length", "type")
}

// json: a command that is one JSON document.
type jsonText struct{}

func (jsonText) Name() string { return "json" }

func (jsonText) Fits(a *ir.Arg) error { return cmp.Or(listFits(a), textual(a)) }

func (jsonText) Part(a *ir.Arg) ir.Part { return textPart(a, a.GoType("[]byte")) }

func (jsonText) Code(a *ir.Arg) Code {
	f := text(a, a.GoType("[]byte"))
	f.CallArgs = map[string]string{a.Param.Name: "(const char *[]){" + copied(a) + "}", a.With.Name: "1"}
	return f
}
