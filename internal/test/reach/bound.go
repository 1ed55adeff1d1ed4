package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

// function is a C function that the binding calls.
type function struct {
	name string
	pos  model.Pos // in the spec
	// newer lists the functions that are called instead where the library
	// has them.
	newer []string
}

type functions []function

// planned returns the functions that p calls.
func planned(p *ir.Plan) functions {
	newer := newerThan(p)
	var list functions
	for _, e := range p.Called() {
		list = append(list, function{e.Name, e.Spec.Pos, newer[e.Name]})
	}
	return list
}

// newerThan returns, for each function that is only called where a newer one
// is missing, the newer ones.
func newerThan(p *ir.Plan) map[string][]string {
	newer := make(map[string][]string)
	if c := p.Completions; c != nil && c.Else != nil {
		newer[c.Else.Name] = []string{c.New.Name}
	}
	for _, m := range p.Methods {
		for _, call := range m.Calls {
			if call.Else != nil {
				newer[call.Else.Name] = append(newer[call.Else.Name], call.Function.Name)
			}
		}
	}
	for _, m := range p.Methods {
		for _, call := range m.Calls {
			delete(newer, call.Function.Name) // called everywhere by this method
		}
	}
	return newer
}

// due returns the functions that are called with a library that has those of api.
func (list functions) due(api *model.API) functions {
	has := func(name string) bool { return api.Func(name) != nil }
	return slices.DeleteFunc(slices.Clone(list), func(f function) bool {
		return !has(f.name) || slices.ContainsFunc(f.newer, has)
	})
}

// checkReached returns an error that names the functions that no test in dir
// has called successfully.
func (list functions) checkReached(dir string, counts map[string]count) error {
	var errs []error
	for _, f := range list {
		switch c := counts[f.name]; {
		case c.Called == 0:
			errs = append(errs, fmt.Errorf("%s: %s is bound, but no test in %s/ calls it on a cluster", f.pos, f.name, dir))
		case c.Succeeded == 0:
			errs = append(errs, fmt.Errorf("%s: %s is bound, but every call by a test in %s/ fails", f.pos, f.name, dir))
		}
	}
	return errors.Join(errs...)
}
