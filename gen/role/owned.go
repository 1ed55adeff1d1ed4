package role

import (
	"fmt"
	"regexp"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(owned{"owned-bytes", "[]byte", "takeOwned", jen.Nil()},
		"Bytes that the library allocates; the C shim frees them.",
		"name", "length", "field", "empty")
	register(owned{"owned-string", "string", "takeOwnedString", jen.Lit("")},
		"A text that the library allocates; the C shim frees it.",
		"name", "length", "field", "empty")
}

// owned-bytes, owned-string: memory that the library allocates and the caller
// gives back. The library may fill it even when it reports an error, so the
// result always counts. With "empty: ERRNO" a success without any is that error.
type owned struct {
	name, goType, take string
	zero               jen.Code
}

func (o owned) Name() string { return o.name }

func (o owned) Fits(a *ir.Arg) error {
	if !fillsText(a) || a.With != nil && !isCount(a.With) || a.With == nil && o.goType != "string" {
		return wants(a, "char ** with a size_t *, which a text may do without")
	}
	if a.Free == nil {
		return fmt.Errorf("needs buffers.free in the spec: what the library's memory is given back with")
	}
	if a.Async && (a.Keys.Empty != "" || a.With == nil) {
		return wants(a, "bytes with a size_t *, and no empty, of a function that takes a completion")
	}
	if a.Keys.Empty != "" && !errno.MatchString(a.Keys.Empty) {
		return fmt.Errorf("wants empty: an errno, such as ENOENT, not %q", a.Keys.Empty)
	}
	if a.Keys.Empty != "" && !a.Ret.HasError {
		return fmt.Errorf("wants no empty: with ret: %s there is no error", a.Ret.Name)
	}
	return nil
}

// fillsText reports whether a is where C puts a text that it has allocated: one that is not
// the library's own.
func fillsText(a *ir.Arg) bool {
	t := a.Param.Type
	return t.Is("char", 2) && !t.Const && !t.Stars[0]
}

var errno = regexp.MustCompile(`^E[A-Z0-9]+$`)

func (o owned) Part(a *ir.Arg) ir.Part {
	p := bufferPart(a.Param.Name, ir.Result{Name: a.GoName, Type: o.goType, Always: true})
	p.Frees, p.Stored, p.Places = a.Free, true, placesIf(a.Async, "p", "n")
	return p
}

func (o owned) Code(a *ir.Arg) Code {
	f := buffer(a.GoName, a.Param.Name, Value{
		Value: jen.Id(o.take).Call(jen.Op("&").Id(a.GoName)),
		Zero:  o.zero,
	})
	f.CallArgs = map[string]string{a.Param.Name: "&" + a.Param.Name + "->p"}
	if a.With != nil {
		f.CallArgs[a.With.Name] = "&" + a.Param.Name + "->len"
	} else {
		f.Cleanup = []string{a.Param.Name + "->len = " + a.Param.Name + "->p ? strlen(" + a.Param.Name + "->p) : 0"}
	}
	if a.Async {
		return ownedByCall(a, f)
	}
	if a.Keys.Empty != "" {
		f.Cleanup = []string{fmt.Sprintf("if (ret >= 0 && %s->len == 0)\n\t\tret = -%s", a.Param.Name, a.Keys.Empty)}
	}
	return f
}

// ownedByCall has C put the memory into the call, which stays until it completes.
func ownedByCall(a *ir.Arg, f Code) Code {
	name := a.Param.Name
	f.CallArgs = map[string]string{name: "&call->p", a.With.Name: "&call->n"}
	f.Cleanup = []string{unlessAcquired(name + "->p = call->p"), unlessAcquired(name + "->len = call->n")}
	f.AsyncArgs = []jen.Code{jen.Nil()}
	f.AfterAsync = []jen.Code{
		jen.Id(a.GoName).Dot("p").Op("=").Id("state").Dot("p"),
		jen.Id(a.GoName).Dot("len").Op("=").Id("state").Dot("n"),
	}
	return f
}
