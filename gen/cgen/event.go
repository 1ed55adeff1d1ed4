package cgen

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

// callback is the C function that the library calls back, which appends an event.
type callback struct {
	Declaration string
	Token       string
	Data, Len   string   // copied into the event
	Texts       []string // or these texts
	Set         []string // statements
	Returns     string   // the number that it returns, or ""
}

// Callbacks lists the C functions that the library calls back.
func (v *view) Callbacks() []callback {
	var list []callback
	for _, e := range v.Events {
		list = append(list, v.newCallback(e))
	}
	return list
}

func (v *view) newCallback(e *ir.Event) callback {
	var c callback
	unused := make(map[string]bool)
	decl := &model.Func{Name: "gorados_on_" + e.Callback.Name, Result: v.own(e.Callback.Result), Params: v.ownParams(e.Callback.Params)}
	for i := range decl.Params {
		decl.Params[i].Name = inC(decl.Params[i].Name)
		unused[decl.Params[i].Name] = true
	}
	c.Declaration, c.Returns = decl.Prototype(), e.Returns
	use := func(p *model.Param) string {
		name := inC(p.Name)
		delete(unused, name)
		return name
	}
	c.Token, c.Data, c.Len = use(e.Token), "NULL", "0"
	if e.Data != nil {
		c.Data, c.Len = use(e.Data), use(e.Length)
	}
	for _, p := range e.Texts {
		c.Texts = append(c.Texts, use(p))
	}
	for i, p := range e.Numbers {
		c.Set = append(c.Set, fmt.Sprintf("event->number[%d] = %s", i, use(p)))
	}
	if e.Error != nil {
		c.Set = append(c.Set, "event->err = "+use(e.Error))
	}
	for _, p := range decl.Params {
		if unused[p.Name] {
			c.Set = append(c.Set, "(void)"+p.Name)
		}
	}
	return c
}

// inC returns the name of a parameter of that name in a function that the library calls back.
func inC(name string) string {
	for ctype.IsReserved(name) {
		name += "_"
	}
	return name
}

// RuntimeHeaders lists the headers that the shims need.
func (v *view) RuntimeHeaders() []string {
	var names []string
	for _, f := range v.runtime {
		if name := filepath.Base(f.Path); strings.HasSuffix(name, ".h") {
			names = append(names, name)
		}
	}
	if v.Events != nil {
		names = append(names, callbacksHeaderFile)
		slices.Sort(names)
	}
	return names
}
