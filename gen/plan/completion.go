package plan

// addCompletions finds the functions by which the end of asynchronous calls is learned.
func (b *builder) addCompletions() {
	c := b.Spec.Completions
	if c.Type == "" {
		return
	}
	for _, f := range []struct {
		key, name  string
		everywhere bool
	}{
		{"make", c.Make, c.Else == ""}, {"else", c.Else, true}, {"value", c.Value, true}, {"version", c.Version, true}, {"free", c.Free, true},
	} {
		if f.name == "" {
			if f.key != "else" {
				b.diags.Add(c.Pos, "completions have no %s", f.key)
			}
			continue
		}
		e := b.entry(c.Pos, f.name, "completions, "+f.key)
		if e == nil {
			continue
		}
		if f.everywhere && !e.Everywhere {
			b.diags.Add(c.Pos, "completions: every release must have %s", f.name)
		}
		b.Completions = append(b.Completions, e)
	}
}
