package role

import "github.com/dave/jennifer/jen"

func init() {
	register(inBytes{}, "Data that C reads during the call, of less than 2 GiB.",
		"name", "with", "type")
}

// in-bytes: data that C reads during the call, straight from Go's memory. It
// must be less than 2 GiB: librados refuses more in some functions, and counts it
// in 32 bits in others.
type inBytes struct{}

func (inBytes) Name() string { return "in-bytes" }

func (inBytes) Fits(a *Arg) error {
	if !a.Param.Type.Is("char", 1) || !a.Param.Type.Const || !isLength(a.With) {
		return wants(a, "const char * with a length")
	}
	return nil
}

func (inBytes) Fragment(a *Arg) Fragment {
	return Fragment{
		Params:  []Var{{a.GoName, a.goType("[]byte")}},
		Pass:    []jen.Code{jen.Id("bytesPointer").Call(jen.Id(a.GoName)), size(a.GoName)},
		Takes:   []string{"const char *" + a.Param.Name, "size_t " + a.With.Name},
		Prepare: []string{"gorados_length_check(" + a.With.Name + ", &ret)"},
		Give:    asNamed(a),
	}
}

// Record notes a copy: the caller may change the data before it is sent.
func (inBytes) Record(a *Arg) Fragment {
	typ, data := a.goType("[]byte"), jen.Id(a.GoName)
	if typ != "[]byte" {
		data = jen.Index().Byte().Call(data)
	}
	return recordedAs(a, typ, "Bytes", data, readBack(a, "const char *", "gorados_read_bytes")...)
}

// readBack declares what a step reads back with take: where the bytes of a are, and
// how many.
func readBack(a *Arg, ctype, take string) []string {
	return []string{
		"size_t " + a.With.Name + " = 0",
		ctype + a.Param.Name + " = " + take + "(in, &" + a.With.Name + ")",
	}
}
