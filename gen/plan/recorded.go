package plan

import (
	"slices"

	"github.com/go-rados/go-rados/gen/spec"
)

// checkRecorded decides how the C object behind a recorded handle is made and
// freed: by whoever performs its steps, so it has no life cycle in Go.
func (b *builder) checkRecorded(h *Handle) {
	where := "handle " + h.C
	if h.Free != "" {
		h.FreeEntry = b.freeing(h.Pos, h.Free, where, h.C)
	}
	h.MakeEntry = b.entry(h.Pos, h.OpNew, where+", op_new")
	for _, e := range []*Entry{h.MakeEntry, h.FreeEntry} {
		if e != nil && !e.Everywhere {
			b.diags.Add(h.Pos, "%s: every release must have %s", where, e.Func.Name)
		}
	}
	if e := h.MakeEntry; e != nil && (len(e.Func.Params) > 0 || !e.Func.Result.Is(h.C, 0)) {
		b.diags.Hint(h.Pos, e.Func.Prototype(), "%s: %s does not make a %s out of nothing", where, e.Func.Name, h.C)
	}
}

// addIterators plans how each iterator is drained.
func (b *builder) addIterators() {
	for _, si := range b.Spec.Iterators {
		if it := b.iterator(si, "iterator "+si.C); it != nil {
			b.iterators[si.C] = it
			b.Iterators = append(b.Iterators, it)
		}
	}
}

func (b *builder) iterator(si *spec.Iterator, where string) *Iterator {
	missing := false
	for _, need := range []struct{ key, value string }{{"drain", si.Drain}, {"until", si.Until}, {"free", si.Free}} {
		if need.value == "" {
			b.diags.Add(si.Pos, "%s has no %s", where, need.key)
			missing = true
		}
	}
	if missing {
		return nil
	}
	if t := b.Union.Typedef(si.C); t == nil || !t.Decl.Type.Is("void", 1) {
		b.diags.Add(si.Pos, "%s: no release has a type of that name that is a void *", where)
		return nil
	}
	e := b.entry(si.Pos, si.Drain, where+", drain")
	it := &Iterator{C: si.C, Free: b.freeing(si.Pos, si.Free, where, si.C)}
	if e == nil || it.Free == nil {
		return nil
	}
	if e.Func.Param(si.Until) == nil {
		b.noParam(si.Pos, e.Func, si.Until)
		return nil
	}
	it.Call = &Call{Entry: e, Until: si.Until}
	if it.Call.Ret = b.ret(si.Pos, e, nil, ""); it.Call.Ret == nil {
		return nil
	}
	it.Call.Args = b.args(&Method{Pos: si.Pos}, it.Call, si.Args, map[string]string{si.C: "iter"})
	if !it.Call.Ret.HasError || !it.Call.drainsPairs() || !it.Call.endsWith(si.Until) {
		b.diags.Hint(si.Pos, e.Func.Prototype(), "%s: %s must yield a key, named by until, and a value with its length, and return an int",
			where, e.Func.Name)
	}
	if !e.Everywhere || !it.Free.Everywhere {
		b.diags.Add(si.Pos, "%s: every release must have %s and %s", where, si.Drain, si.Free)
	}
	b.separate(where, it.Call.Args)
	return it
}

// endsWith reports whether the parameter of that name is the key that c yields.
func (c *Call) endsWith(name string) bool {
	return slices.ContainsFunc(c.Args, func(a *Arg) bool { return a.Param.Name == name && a.Role.Name() == "drain-key" })
}

// drainsPairs reports whether c yields keys and values.
func (c *Call) drainsPairs() bool {
	roles := make(map[string]bool)
	for _, a := range c.Args {
		roles[a.Role.Name()] = true
	}
	return roles["drain-key"] && roles["drain-value"]
}
