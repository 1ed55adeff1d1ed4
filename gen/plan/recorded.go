package plan

// checkRecorded decides how the C object behind a recorded handle is made and
// freed: by whoever performs its steps, so it has no life cycle in Go.
func (b *builder) checkRecorded(h *Handle) {
	for _, useless := range []struct{ key, value string }{
		{"field", h.Field}, {"parent", h.Parent}, {"ready", h.Ready}, {"closed", h.Closed},
	} {
		if useless.value != "" {
			b.diags.Add(h.Pos, "handle %s is recorded (make), so %s says nothing", h.C, useless.key)
		}
	}
	if h.Accessor != nil {
		b.diags.Add(h.Pos, "handle %s is recorded (make), so there is no C object to hand out: no accessor", h.C)
	}
	where := "handle " + h.C
	if h.Free != "" {
		h.FreeEntry = b.freeing(h.Pos, h.Free, where, h.C)
	}
	h.MakeEntry = b.entry(h.Pos, h.Make, where+", make")
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
		where := "iterator " + si.C
		if t := b.Union.Typedef(si.C); t == nil || !t.Decl.Type.IsPointer() {
			b.diags.Add(si.Pos, "%s: no release has a pointer type of that name", where)
			continue
		}
		e := b.entry(si.Pos, si.Drain, where+", drain")
		it := &Iterator{C: si.C, Free: b.freeing(si.Pos, si.Free, where, si.C)}
		if e == nil || it.Free == nil {
			continue
		}
		if e.Func.Param(si.Until) == nil {
			b.noParam(si.Pos, e.Func, si.Until)
			continue
		}
		it.Call = &Call{Entry: e, Until: si.Until}
		if it.Call.Ret = b.ret(si.Pos, e, nil, ""); it.Call.Ret == nil {
			continue
		}
		it.Call.Args = b.args(&Method{Pos: si.Pos}, it.Call, si.Args, map[string]string{si.C: "iter"})
		if !it.Call.drainsPairs() {
			b.diags.Hint(si.Pos, e.Func.Prototype(), "%s: %s must yield a key, named by until, and a value with its length", where, e.Func.Name)
		}
		if !e.Everywhere || !it.Free.Everywhere {
			b.diags.Add(si.Pos, "%s: every release must have %s and %s", where, si.Drain, si.Free)
		}
		b.iterators[si.C] = it
		b.Iterators = append(b.Iterators, it)
	}
}

// checkOutcomes makes sure that only hand-written code asks for the results of a
// step: what they are for Go is more than a description can say.
func (b *builder) checkOutcomes(m *Method) {
	if m.Access != Record {
		return
	}
	e := m.Calls[0].Entry
	switch {
	case !e.Func.Result.IsVoid():
		b.diags.Hint(m.Pos, e.Func.Prototype(), "%s can't be a step: it returns something", m.FullName())
	case m.Tells() && !m.Private():
		b.diags.Hint(m.Pos, e.Func.Prototype(), "%s has a result, which hand-written code must deal with: say raw, not go", m.FullName())
	}
}

// drainsPairs reports whether c yields keys and values.
func (c *Call) drainsPairs() bool {
	roles := make(map[string]bool)
	for _, a := range c.Args {
		roles[a.Role.Name()] = true
	}
	return roles["drain-key"] && roles["drain-value"]
}
