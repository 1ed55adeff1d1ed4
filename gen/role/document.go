package role

func init() {
	register(document{}, "A command that is one JSON document.",
		"name", "with", "type")
}

// document: a command that is one JSON document.
type document struct{}

func (document) Name() string { return "document" }

func (document) Fits(a *Arg) error { return listFits(a) }

func (document) Fragment(a *Arg) Fragment {
	f := text(a, a.goType("[]byte"))
	f.Give = map[string]string{a.Param.Name: "(const char *[]){" + copied(a) + "}", a.With.Name: "1"}
	return f
}
