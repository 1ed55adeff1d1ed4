package fake

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

// definition derives the body of a function from its prototype and from what the plan has of its
// parameters.
type definition struct {
	u    *release.Union
	plan *ir.Plan
	f    *model.Func
	args map[string]*ir.Arg // by the names of the parameters that the plan has roles for

	object  string            // the arguments of enter: the object that the call is about
	step    bool              // it adds a step to an operation, whose results come later
	records []string          // statements that record the arguments
	answers []string          // statements that hand out answers, unless the call fails
	always  []string          // the same, whether the call fails or not
	given   int               // how many answers are handed out
	filled  int               // how many parameters a step fills
	structs bool              // they are structs
	returns bool              // the answers decide on the return value
	lengths map[string]string // the parameter with the length of another one
	task    *task             // what an asynchronous function starts, or nil
}

func newDefinition(u *release.Union, plan *ir.Plan, f *model.Func) *definition {
	d := &definition{u: u, plan: plan, f: withoutLocals(f), args: resolved(plan, f.Name)}
	d.lengths = d.findLengths()
	return d
}

// withoutLocals returns f with other names for the parameters that are called like a local of the
// definition.
func withoutLocals(f *model.Func) *model.Func {
	own := *f
	own.Params = slices.Clone(f.Params)
	for i, p := range own.Params {
		if p.Name == "c" || p.Name == "ret" {
			own.Params[i].Name += "_"
		}
	}
	return &own
}

// resolved returns the arguments of a function in the plan. If the function stands in for another
// one, as an older one or a synchronous one, they are those of the other.
func resolved(plan *ir.Plan, name string) map[string]*ir.Arg {
	isNamed := func(f *ir.Function) bool { return f != nil && f.Name == name }
	for _, m := range plan.Methods {
		for _, call := range m.Calls {
			if !slices.ContainsFunc([]*ir.Function{call.Function, call.Else, call.Sync}, isNamed) {
				continue
			}
			args := make(map[string]*ir.Arg)
			for _, a := range call.Args {
				if args[a.Param.Name] = a; a.Part.Layout == ir.Lists {
					keys, values := a.Lists()
					args[keys.Param.Name], args[values.Param.Name] = keys, values
				}
			}
			return args
		}
	}
	return nil
}

// layout returns the layout of the parameter's data, or "" if its type says all.
func (d *definition) layout(name string) ir.Layout {
	if a := d.args[name]; a != nil {
		return a.Part.Layout
	}
	return ""
}

// covers returns the parameters that belong to a buffer, apart from its length.
func (d *definition) covers(name string) []string {
	var names []string
	if a := d.args[name]; a != nil {
		for _, p := range a.Covers {
			names = append(names, p.Name)
		}
	}
	return names
}

// findLengths returns the parameter with the length of each buffer: as the plan has it or, if no
// method calls the function, as the names tell.
func (d *definition) findLengths() map[string]string {
	lengths := make(map[string]string)
	for name, a := range d.args {
		if a.With != nil {
			lengths[name] = a.With.Name
		}
	}
	if d.args != nil {
		return lengths
	}
	if f := d.plan.Function(d.f.Name); f != nil {
		maps.Copy(lengths, f.Lengths)
	}
	for i, p := range d.f.Params {
		last := i+1 == len(d.f.Params)
		if !last && lengths[p.Name] == "" && p.Type.IsPointer() && p.Type.Base == "char" && strings.HasSuffix(d.f.Params[i+1].Name, "len") {
			lengths[p.Name] = d.f.Params[i+1].Name // a guess, which suffices where no method depends on it
		}
	}
	return lengths
}

// isCovered reports whether the parameter belongs to another one, such as its length.
func (d *definition) isCovered(name string) bool {
	for _, p := range d.f.Params {
		if d.lengths[p.Name] == name || d.used(p) == name || slices.Contains(d.covers(p.Name), name) {
			return true
		}
	}
	return false
}

// derive reports whether the prototype says all that the definition does.
func (d *definition) derive() bool {
	if !d.f.Result.IsVoid() && !d.isNumber(d.f.Result) {
		return false
	}
	if d.completion() != "" {
		return d.deriveTask()
	}
	d.object = "NULL, NONE"
	for i, p := range d.f.Params {
		switch {
		case d.isCovered(p.Name): // is recorded with the parameter that it belongs to
		case i == 0 && d.isOpaque(p.Type):
			d.object = fmt.Sprintf("%s, kind_of(%q)", p.Name, p.Type.Base)
			d.step = slices.ContainsFunc(d.plan.Handles, func(h *ir.Handle) bool { return h.C == p.Type.Base && h.Recorded() })
		case d.input(p):
		case d.step && d.result(p, i+1 == len(d.f.Params)):
		case !d.step && d.output(p):
		default:
			return false
		}
	}
	return true
}

func (d *definition) record(format string, args ...any) {
	d.records = append(d.records, fmt.Sprintf(format, args...))
}

// answer adds a statement that hands out the next answer: format begins with its index.
func (d *definition) answer(format string, args ...any) {
	d.answers = append(d.answers, d.next(format, args...))
}

func (d *definition) next(format string, args ...any) string {
	d.given++
	return fmt.Sprintf(format, append([]any{d.given - 1}, args...)...)
}

// input adds how p is recorded, if C only reads it.
func (d *definition) input(p model.Param) bool {
	name, layout, length := p.Name, d.layout(p.Name), d.lengths[p.Name]
	switch t := p.Type; {
	case d.isNumber(t):
		d.record("arg_number(&c, (int64_t)%s)", name)
	case layout == ir.Dict:
		d.record("arg_dict(&c, %s)", name)
	case layout == ir.Keys:
		d.record("arg_keys(&c, %s, %s, (size_t)%s)", name, d.covers(name)[0], length)
	case layout == ir.Pairs:
		d.record("arg_pairs(&c, %s, %s, (size_t)%s)", name, strings.Join(d.covers(name), ", "), length)
	case layout == ir.Numbers && !d.args[name].Part.Retried: // those of a retried call are a result
		d.record("arg_numbers(&c, %s, (size_t)%s)", name, length)
	case t.Is("struct timeval", 1):
		d.record("arg_duration(&c, %s)", name)
	case t.Is("char", 1) && (t.Const || layout == ir.Text) && length == "":
		d.record("arg_text(&c, %s)", name)
	case t.Is("char", 1) && t.Const:
		d.record("arg_bytes(&c, %s, (size_t)%s)", name, length)
	case t.Is("char", 2) && t.Const && d.lengthIs(name, 0):
		d.record("arg_texts(&c, %s, (size_t)%s)", name, length)
	default:
		return false
	}
	return true
}

// lengthIs reports whether the parameter has a length, and its type that number of stars.
func (d *definition) lengthIs(name string, stars int) bool {
	with := d.f.Param(d.lengths[name])
	return with != nil && len(with.Type.Stars) == stars
}

// result adds what p is filled with when the step is performed, if C writes to it. The last parameter
// is for the code.
func (d *definition) result(p model.Param, last bool) bool {
	name, length := p.Name, d.lengths[p.Name]
	switch t := p.Type; {
	case t.Const || t.Volatile || p.Dims != nil:
		return false
	case last && t.Is("int", 1):
		d.record("c.step.rval = %s", name)
		return true
	case d.filled == 1 && !d.structs || d.filled == 2:
		return false // a step fills one buffer, or two structs
	case t.Is("char", 1) && d.lengthIs(name, 0) && d.filled == 0:
		d.record("arg_number(&c, (int64_t)%s)", length)
		d.record("step_bytes(&c, %s, %s, %s)", name, length, cmp.Or(d.used(p), "NULL"))
	case t.Is("char", 2) && d.lengthIs(name, 1) && d.filled == 0:
		d.record("step_owned(&c, %s, %s)", name, length)
	case len(t.Stars) == 1 && length == "" && d.hasSize(t.Elem()):
		d.record("step_struct(&c, %s, sizeof *%[1]s)", name)
		d.structs = true
	default:
		return false
	}
	d.filled++
	return true
}

// used returns the parameter in which C stores how much of the buffer p a step has filled, or "".
func (d *definition) used(p model.Param) string {
	i := slices.IndexFunc(d.f.Params, func(q model.Param) bool { return q.Name == d.lengths[p.Name] }) + 1
	if !d.step || p.Type.Const || !p.Type.Is("char", 1) || i == 0 || i == len(d.f.Params) || !d.f.Params[i].Type.Is("size_t", 1) {
		return ""
	}
	return d.f.Params[i].Name
}

// output adds what p is filled with, if C writes to it.
func (d *definition) output(p model.Param) bool {
	name, layout, length := p.Name, d.layout(p.Name), d.lengths[p.Name]
	switch t := p.Type; {
	case t.Const || t.Volatile || p.Dims != nil:
		return false
	case t.Is("char", 1) && d.lengthIs(name, 0):
		d.record("arg_number(&c, (int64_t)%s)", length)
		d.fill(p, layout, length)
	case t.Is("char", 1) && d.lengthIs(name, 1):
		d.record("arg_number(&c, (int64_t)*%s)", length)
		d.returns = true
		if layout == ir.Text {
			d.answer("ret |= fit_text(&c, %d, %s, %s)", name, length)
		} else {
			d.answer("ret |= fit_list(&c, %d, %s, %s)", name, length)
		}
	case t.Is("char", 2) && d.lengthIs(name, 1):
		d.always = append(d.always, d.next("give_owned(&c, %d, %s, %s)", name, length))
	case t.Is("char", 2) && length == "":
		d.answer("give_owned_text(&c, %d, %s)", name)
	case layout == ir.Numbers && d.lengthIs(name, 0):
		d.record("arg_number(&c, (int64_t)%s)", length)
		d.returns = true
		d.answer("ret = give_slice(&c, %d, %s, sizeof *%[2]s, (size_t)%[3]s)", name, length)
	case len(t.Stars) == 1 && length == "" && d.hasSize(t.Elem()):
		d.answer("give_struct(&c, %d, %s, sizeof *%[2]s)", name)
	default:
		return false
	}
	return true
}

// fill adds how a buffer whose size is passed by value is filled.
func (d *definition) fill(p model.Param, layout ir.Layout, length string) {
	d.returns = true
	switch layout {
	case ir.Text:
		a, give := d.args[p.Name], "give_terminated"
		if a.Ret.Sizes {
			give = "give_text"
		}
		d.answer("ret = "+give+"(answer(&c, %d)->p, %s, (size_t)%s, %s)", p.Name, length, a.Keys.RetryOn)
	case ir.List:
		d.answer("ret = give_list(&c, %d, %s, %s)", p.Name, length)
	default:
		d.answer("ret = give_bytes(&c, %d, %s, %s)", p.Name, length)
	}
}

// isNumber reports whether t is passed by value and no pointer, be it by another name.
func (d *definition) isNumber(t model.Type) bool {
	return !t.IsPointer() && !t.IsVoid() && !d.isOpaque(t) && d.u.Callback(t.Base) == nil && !d.isStruct(t)
}

// isStruct reports whether t is a struct or a union, be its members known or not.
func (d *definition) isStruct(t model.Type) bool {
	tag, _, tagged := strings.Cut(t.Base, " ")
	return d.u.Struct(t.Base) != nil || tagged && (tag == "struct" || tag == "union")
}

// isOpaque reports whether t is a pointer by another name.
func (d *definition) isOpaque(t model.Type) bool {
	named := d.u.Typedef(t.Base)
	return !t.IsPointer() && named != nil && named.Decl.Type.IsPointer()
}

// hasSize reports whether t is a number, a struct of the C library, or one that every release has.
func (d *definition) hasSize(t model.Type) bool {
	switch st := d.u.Struct(t.Base); {
	case st != nil:
		return st.Everywhere()
	case t.Is("struct timespec", 0), t.Is("struct timeval", 0):
		return true
	}
	return t.Base != "char" && d.isNumber(t)
}
