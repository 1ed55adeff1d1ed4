package role

import "github.com/go-rados/go-rados/gen/ir"

func init() {
	register(document{}, "A command that is one JSON document.",
		"name", "with", "type")
}

// document: a command that is one JSON document.
type document struct{}

func (document) Name() string { return "document" }

func (document) Fits(a *ir.Arg) error { return listFits(a) }

func (document) Part(a *ir.Arg) ir.Part { return textPart(a, a.GoType("[]byte")) }

func (document) Code(a *ir.Arg) Code {
	f := text(a, a.GoType("[]byte"))
	f.CallArgs = map[string]string{a.Param.Name: "(const char *[]){" + copied(a) + "}", a.With.Name: "1"}
	return f
}
