package role

import "github.com/dave/jennifer/jen"

func init() { register(borrowed{}, "name", "with", "covers") }

// borrowed-strings: texts of any bytes that stay the library's own, and only until
// the next call. The shim copies them into one buffer, in the order of the
// parameters.
type borrowed struct{}

func (borrowed) Name() string { return "borrowed-strings" }

func (borrowed) Fits(a *Arg) error {
	if !a.Param.Type.Is("char", 2) || !isCount(a.With) || len(a.Covers)%2 != 0 {
		return wants(a, "char ** and its size_t * (with), and as many of both as there are texts more (covers)")
	}
	return nil
}

func (borrowed) Fragment(a *Arg) Fragment {
	name := a.Param.Name
	f := buffer(a.GoName, name+"_out", Result{
		Name:  a.GoName,
		Type:  "[]string",
		Value: jen.Qual(FlatPackage, "SizedItems").Call(taken(a.GoName)),
		Zero:  jen.Nil(),
	})
	f.Prepare = []string{"go_buf_make(" + name + "_out, 512, &ret)"}
	f.Give = make(map[string]string)
	more := len(a.Covers) / 2
	for i := range more + 1 {
		text, size := a.Param, *a.With
		if i > 0 { // the texts come first, then their sizes, in the same order
			text, size = a.Covers[i-1], a.Covers[more+i-1]
		}
		f.Locals = append(f.Locals, text.Type.Elem().Declare(text.Name)+" = NULL", "size_t "+size.Name+" = 0")
		f.Give[text.Name], f.Give[size.Name] = "&"+text.Name, "&"+size.Name
		f.Done = append(f.Done, "go_buf_put("+name+"_out, "+text.Name+", "+size.Name+", &ret)")
	}
	f.Done = append(f.Done, "go_buf_finish("+name+"_out, ret < 0 ? ret : (int64_t)"+name+"_out->len)")
	return f
}
