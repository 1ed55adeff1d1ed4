package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// addEvents finds the parameters of callbacks that events keep.
func (r *resolver) addEvents() {
	for _, se := range r.spec.Events {
		decl := r.union.Callback(se.C)
		if decl == nil {
			var names []string
			for _, c := range r.union.Callbacks {
				names = append(names, c.Name)
			}
			r.unknown(se.Pos, se.C, names, "no release has a callback type %s", se.C)
			continue
		}
		r.Events = append(r.Events, r.event(se, namedCallback(decl.Decl)))
	}
}

// event finds the parameters of c that its event keeps.
func (r *resolver) event(se *spec.Event, c *model.Callback) *ir.Event {
	f := &model.Func{Name: c.Name, Result: c.Result, Params: c.Params}
	find := func(name string) *model.Param {
		p := f.Param(name)
		if p == nil && name != "" {
			r.noParam(se.Pos, &ir.Function{Func: f}, name)
		}
		return p
	}
	all := func(names []string) []*model.Param {
		var list []*model.Param
		for _, name := range names {
			list = append(list, find(name))
		}
		return slices.DeleteFunc(list, func(p *model.Param) bool { return p == nil })
	}
	e := &ir.Event{
		Pos: se.Pos, Callback: c, Token: find(se.Token), Numbers: all(se.Numbers), Error: find(se.Error),
		Data: find(se.Data), Length: find(se.Length), Texts: all(se.Texts), Returns: se.Returns,
	}
	if e.Data != nil && se.Length == "" {
		e.Length = f.Param(inferLength(f, se.Data))
	}
	return e
}

// namedCallback returns c with names for the parameters that have none in the header.
func namedCallback(c *model.Callback) *model.Callback {
	whole := *c
	whole.Params = named(&model.Func{Params: c.Params}).Params
	return &whole
}

// callsBack makes sure that each parameter of a callback has a use.
func (b *caller) callsBack(a *ir.Arg) {
	name := a.Part.CallsBack
	if name != "" && b.Event(name) == nil {
		b.diags.Hint(a.Pos, b.eventStub(namedCallback(b.union.Callback(name).Decl)),
			"%s: %s is a %s, which has no event; paste this below events: and complete it", b.c.Function.Name, a.Param.Name, name)
	}
}

// eventStub returns the entry to paste into the spec for a callback whose event it lacks.
func (r *resolver) eventStub(c *model.Callback) string {
	var token, errno, data string
	var numbers, texts []string
	for i := range c.Params {
		switch p := &c.Params[i]; {
		case token == "" && ir.IsToken(p):
			token = p.Name
		case errno == "" && ir.IsErrno(p):
			errno = p.Name
		case ir.IsText(p):
			texts = append(texts, p.Name)
		case ir.IsData(p):
			data = p.Name
		case ctype.IsInteger(r.union.Basic(p.Type)) && p.Name != inferLength(&model.Func{Params: c.Params}, data):
			numbers = append(numbers, p.Name)
		}
	}
	var keys []string
	for _, part := range []struct{ key, value string }{
		{"token", cmp.Or(token, "say which")}, {"numbers", strings.Join(numbers, ", ")}, {"error", errno}, {"data", data}, {"texts", strings.Join(texts, ", ")},
	} {
		switch {
		case part.value == "":
		case part.key == "numbers" || part.key == "texts":
			keys = append(keys, part.key+": ["+part.value+"]")
		default:
			keys = append(keys, part.key+": "+part.value)
		}
	}
	return fmt.Sprintf("# %s\n%s: {%s}", c.Signature(), c.Name, strings.Join(keys, ", "))
}
