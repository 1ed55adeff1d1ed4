package gogen

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

// traced reports whether m calls the Tracer, in its private form with a context. Hand-written callers
// of private methods do that themselves.
func traced(m *ir.Method) bool { return !m.Private() && (m.HasAsyncForm() || m.Blocking()) }

// trace writes that the span of a call starts, and ends when the method returns. It comes first, so
// that a Tracer that panics leaves no room occupied.
func (w *body) trace(g *jen.Group) {
	if !traced(w.m) {
		return
	}
	read := jen.Nil()
	if fills(w.m) {
		read = jen.Op("&").Id("read")
	}
	g.Defer().Id(w.m.Recv.Receiver).Dot("trace").Call(
		jen.Op("&").Id("ctx"), jen.Lit(w.m.Name), subjectOf(w.m), moved(w.m),
	).Dot(endName(w.m.Recv)).Call(read, jen.Op("&").Err())
}

// endName returns the name of the method that ends a span of h.
func endName(h *ir.Handle) string {
	if h.IsImported() {
		return "End"
	}
	return "end"
}

// tracedResults lists the results of a form that calls the Tracer. The span reads the error, and read if that
// is a number of bytes.
func (w *body) tracedResults() jen.Code {
	list := w.m.Returns()
	if !traced(w.m) || w.m.ResultNames != nil {
		return w.resultList()
	}
	for i := range list {
		list[i].Name = "_"
		if i == 0 && fills(w.m) {
			list[i].Name = "read"
		}
	}
	list[len(list)-1].Name = "err"
	return jen.Params(grouped(list)...)
}

// fills reports whether m returns the number of bytes that C has filled.
func fills(m *ir.Method) bool {
	return (m.Async || m.Blocking()) && m.Any(func(p *ir.Part) bool { return p.Fills })
}

// join joins conditions with an operator.
func join(conditions []jen.Code, op string) *jen.Statement {
	all := jen.Add(conditions[0])
	for _, c := range conditions[1:] {
		all.Op(op).Add(c)
	}
	return all
}
