package emit

import (
	"bytes"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/plan"
)

// view is what the templates see.
type view struct {
	*plan.Plan
	Declared []*plan.Entry // functions that the shims use
	Shims    []shim
	Drains   []shim      // one for each iterator
	Recorded []*recorded // one for each handle whose methods are steps
}

func newView(p *plan.Plan) *view {
	v := &view{Plan: p, Declared: p.Called()}
	for _, it := range p.Iterators {
		v.Drains = append(v.Drains, drainShim(it))
	}
	for _, h := range p.Handles {
		if h.Recorded() {
			v.Recorded = append(v.Recorded, newRecorded(p, h))
		}
	}
	for _, m := range p.Methods {
		if m.Access != plan.Record {
			v.Shims = append(v.Shims, newShim(m))
		}
	}
	for _, e := range p.Entries {
		if e.Func.Name == p.Spec.Buffers.Free {
			v.Shims = append(v.Shims, freeShim(e))
		}
	}
	slices.SortFunc(v.Shims, func(a, b shim) int { return strings.Compare(a.Name, b.Name) })
	return v
}

// Asserted lists the constants whose values the oldest header can confirm.
func (v *view) Asserted() []*model.Const {
	var list []*model.Const
	for _, g := range v.Spec.Consts {
		for _, c := range g.Consts {
			if c.C == "" {
				continue
			}
			if e := v.Union.Const(c.C); e.Everywhere() && !strings.HasPrefix(e.Decl.Value, `"`) {
				list = append(list, unsigned(e.Decl))
			}
		}
	}
	return list
}

// unsigned spells a constant that fits no signed type the way C wants it.
func unsigned(c *model.Const) *model.Const {
	if _, err := strconv.ParseInt(c.Value, 10, 64); err == nil {
		return c
	}
	u := *c
	u.Value += "u"
	return &u
}

// Mirrored lists the C structs that Go reads.
func (v *view) Mirrored() []*model.Struct {
	var list []*model.Struct
	for _, t := range v.Spec.Types {
		if s := v.Union.Struct(t.Struct); t.Struct != "" && s != nil {
			list = append(list, s.Decl)
		}
	}
	return list
}

// Coverage counts the functions by what became of them.
func (v *view) Coverage() Coverage { return Count(v.Plan) }

// GoNames lists the Go names over a C function.
func (v *view) GoNames(e *plan.Entry) []string {
	var names []string
	for _, m := range v.Methods {
		for _, call := range m.Calls {
			if call.Entry == e {
				names = append(names, m.FullName())
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// code is a Go name in Markdown, with a word on one that users can't call.
func code(name string) string {
	text := "`" + name + "`"
	if !token.IsExported(name[strings.LastIndexByte(name, '.')+1:]) {
		text += " (private)"
	}
	return text
}

// render executes one template.
func render(path string, v *view) ([]byte, error) {
	funcs := template.FuncMap{"join": strings.Join, "code": code}
	t, err := template.New(filepath.Base(path)).Funcs(funcs).ParseFiles(path)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b.Bytes(), nil
}

// NewCompletion is the call of the function of that name, which makes what stands for an
// asynchronous call. Of several callbacks only the first is wanted.
func (v *view) NewCompletion(name string) string {
	var args []string
	callback := "gorados_is_async(async) ? gorados_on_rados_callback_t : NULL"
	for _, p := range v.Union.Func(name).Decl.Params {
		switch {
		case p.Type.Is("void", 1):
			args = append(args, "async")
		case p.Type.IsPointer():
			args = append(args, "&completion")
		default:
			args = append(args, callback)
			callback = "NULL"
		}
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}

// Leaves reports whether some release lacks the function of that name.
func (v *view) Leaves(name string) bool { return !v.Union.Func(name).Everywhere() }

// CancelHandle is the C type of the handle that the function for giving up calls takes.
func (v *view) CancelHandle() string {
	return v.Union.Func(v.Spec.Completions.Cancel).Decl.Params[0].Type.Base
}
