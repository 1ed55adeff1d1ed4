package fake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

// task is what an asynchronous function starts: a call of the synchronous one with copies of the
// arguments.
type task struct {
	sync                 string
	text, number, out    []string // the parameters that are kept, each as C passes it on
	object, data, length string   // the same; "" if no parameter is
	args                 []string // the arguments of the synchronous function
}

// completion returns the parameter that stands for the call, or "".
func (d *definition) completion() string {
	for _, p := range d.f.Params {
		if d.plan.Completions.IsType(p.Type) {
			return p.Name
		}
	}
	return ""
}

// takesTheOthers reports whether sync takes all parameters of f but the completion.
func takesTheOthers(plan *ir.Plan, sync, f *model.Func) bool {
	others := slices.DeleteFunc(slices.Clone(f.Params), func(p model.Param) bool { return plan.Completions.IsType(p.Type) })
	return slices.EqualFunc(sync.Params, others, func(p, q model.Param) bool { return p.Type.String() == q.Type.String() })
}

// deriveTask reports whether the parameters say which ones are copied.
func (d *definition) deriveTask() bool {
	t := new(task)
	if f := d.plan.Function(d.f.Name); f != nil {
		t.sync = f.Sync
	}
	sync := d.u.Func(t.sync)
	if sync == nil || !takesTheOthers(d.plan, sync.Decl, d.f) || d.f.Result.IsVoid() {
		return false
	}
	for _, p := range d.f.Params {
		if !d.plan.Completions.IsType(p.Type) && !d.keep(t, p) {
			return false
		}
	}
	d.task = t
	return true
}

// keep adds how p is kept until the synchronous function is called.
func (d *definition) keep(t *task, p model.Param) bool {
	switch {
	case d.isOpaque(p.Type) && t.object == "":
		t.object = p.Name
		t.args = append(t.args, "t->io")
	case d.isNumber(p.Type) && t.length != "" && p.Name == t.length:
		t.args = append(t.args, "t->in_len")
	case d.isNumber(p.Type):
		t.args = append(t.args, fmt.Sprintf("t->number[%d]", len(t.number)))
		t.number = append(t.number, p.Name)
	case p.Type.Is("char", 1) && p.Type.Const && d.lengths[p.Name] == "":
		t.args = append(t.args, fmt.Sprintf("t->text[%d]", len(t.text)))
		t.text = append(t.text, "(char *)"+p.Name)
	case p.Type.Is("char", 1) && p.Type.Const && t.data == "":
		t.args = append(t.args, "t->in")
		t.data, t.length = p.Name, d.lengths[p.Name]
	case len(p.Type.Stars) == 1 && !p.Type.Const && d.u.Callback(p.Type.Base) == nil:
		t.args = append(t.args, fmt.Sprintf("t->out[%d]", len(t.out)))
		t.out = append(t.out, p.Name)
	default:
		return false
	}
	return true
}

func (d *definition) renderTask() string {
	t, completion := d.task, d.completion()
	fields := []string{".run = run_" + d.f.Name, ".io = " + t.object}
	for _, list := range []struct {
		name   string
		values []string
	}{{"text", t.text}, {"number", t.number}, {"out", t.out}} {
		if len(list.values) > 0 {
			fields = append(fields, fmt.Sprintf(".%s = {%s}", list.name, strings.Join(list.values, ", ")))
		}
	}
	if t.data != "" {
		fields = append(fields, ".in = (char *)"+t.data, ".in_len = "+t.length)
	}
	return fmt.Sprintf(`static int run_%s(struct task *t)
{
	return %s(%s);
}

%s
{
	ENDED(%s);
	return start(%[5]s, (struct task){%s});
}
`, d.f.Name, t.sync, strings.Join(t.args, ", "), d.f.Prototype(), completion, strings.Join(fields, ", "))
}
