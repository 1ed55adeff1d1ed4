package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

func init() { register(fill{}, "name", "with", "type", "empty") }

// fill: the caller's buffer, which C fills. Its length must fit the int that
// says how much was filled. With "empty: probe" an empty buffer asks for one byte
// into scratch memory instead: to the OSD, no length means the whole object.
type fill struct{}

func (fill) Name() string { return "fill" }

func (fill) Fits(a *Arg) error {
	if !a.Param.Type.Is("char", 1) || a.Param.Type.Const || !isLength(a.With) {
		return wants(a, "char * with a length")
	}
	if a.Empty != "" && a.Empty != "probe" {
		return fmt.Errorf("wants empty: probe, not %q", a.Empty)
	}
	return nil
}

func (fill) Fragment(a *Arg) Fragment {
	f := Fragment{
		Params:  []Var{{a.GoName, a.goType("[]byte")}},
		Pass:    []jen.Code{jen.Id("bytesPointer").Call(jen.Id(a.GoName)), size(a.GoName)},
		Takes:   []string{"char *" + a.Param.Name, "size_t " + a.With.Name},
		Prepare: []string{"go_length_check(" + a.With.Name + ", &ret)"},
		Give:    asNamed(a),
	}
	if a.Empty == "probe" {
		scratch, buf, n := a.Param.Name+"_c", a.Param.Name, a.With.Name
		f.Give[n] = fmt.Sprintf("%s ? %s : 1", n, n)
		f.Done = []string{fmt.Sprintf("ret = ret > (int64_t)%s ? (int64_t)%s : ret", n, n)}
		if a.Engine {
			scratch = "call->scratch"
			f.Later = []jen.Code{jen.Id("ret").Op("=").Min(jen.Id("ret"), jen.Int64().Call(jen.Len(jen.Id(a.GoName))))}
		} else {
			f.Locals = []string{"char " + scratch + "[1]"}
		}
		f.Give[buf] = fmt.Sprintf("%s ? %s : %s", n, buf, scratch)
	}
	if a.Engine {
		f.Pin = jen.Id(a.GoName)
	}
	return f
}

// Record notes where the buffer is; it stays there until the steps have been
// performed.
func (fill) Record(a *Arg) Fragment {
	f := recordedAs(a, a.goType("[]byte"), "Buffer", jen.Id(a.GoName), readBack(a, "char *", "go_take_buffer")...)
	f.Tells = true
	return f
}
