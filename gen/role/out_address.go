package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outAddress{}, "A socket address that C stores; it is the zero netip.AddrPort if it is of neither IPv4 nor IPv6.",
		"name", "field")
}

// out-address: a socket address that C stores, which crosses as a record.
type outAddress struct{}

func (outAddress) Name() string { return "out-address" }

func (outAddress) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("struct sockaddr_storage", 1) || a.Param.Type.Const || a.With != nil || a.Async {
		return wants(a, "struct sockaddr_storage *, of a function that takes no completion")
	}
	return nil
}

func (outAddress) Part(a *ir.Arg) ir.Part {
	p := bufferPart(a.Param.Name+"_out", ir.Result{Name: a.GoName, Type: "netip.AddrPort"})
	p.CNames, p.Checked = append(p.CNames, copied(a)), true
	return p
}

func (outAddress) Code(a *ir.Arg) Code {
	addr, out := copied(a), a.Param.Name+"_out"
	f := buffer(a.GoName, out, Value{
		Value: jen.Qual(RecordPackage, "One").Call(taken(a.GoName), jen.Parens(jen.Op("*").Qual(RecordPackage, "Reader")).Dot("Address")),
		Zero:  NamedType("netip.AddrPort").Values(),
	})
	f.Locals = []string{"struct sockaddr_storage " + addr}
	f.Prepare = []string{"memset(&" + addr + ", 0, sizeof " + addr + ")", "gorados_buf_alloc(" + out + ", 512, &ret)"}
	f.CallArgs = map[string]string{a.Param.Name: "&" + addr}
	f.Cleanup = append(appendMember(&ir.Field{Kind: ir.FieldAddress}, addr, "", out),
		endBuffer(out))
	return f
}
