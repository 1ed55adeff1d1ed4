package role

func init() { register(fixed{}) }

// fixed: always the same C expression; Go does not see the argument.
type fixed struct{}

func (fixed) Name() string { return "fixed" }

func (fixed) Fits(*Arg) error { return nil }

func (fixed) Fragment(a *Arg) Fragment {
	f := Fragment{Give: map[string]string{a.Param.Name: a.Fixed}}
	if a.With != nil {
		f.Give[a.With.Name] = "0" // nothing has no length
	}
	return f
}
