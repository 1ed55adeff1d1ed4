package check

import (
	"fmt"
	"slices"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/spec"
)

// dispositions makes sure that each constant, struct and callback is used or skipped, and not both.
func (k *checker) dispositions() {
	uses := make(map[string]string) // by C name: what uses it
	for _, g := range k.Consts {
		for _, c := range g.Consts {
			uses[c.C] = c.Go
		}
	}
	for _, t := range k.Types {
		uses[t.C] = t.Go
	}
	for _, e := range k.Events {
		uses[e.Callback.Name] = "an event"
	}
	for _, f := range k.union.Funcs {
		if entry := k.functions[f.Name]; entry == nil || entry.Spec.Disposition != spec.Skip {
			k.useTypes(uses, f.Name, f.Decl.Result, f.Decl.Params)
		}
	}
	skipped := make(map[string]*spec.Omission)
	for _, s := range k.Skips {
		skipped[s.C] = s
	}
	for _, list := range [][]declared{
		names("constant", k.union.Consts, func(c *model.Const) string { return c.Name + " = " + c.Value }),
		names("type", k.union.Structs, func(s *model.Struct) string { return fmt.Sprintf("%s, %d bytes", s.Name, s.Size) }),
		names("callback", k.union.Callbacks, func(c *model.Callback) string { return c.Name + " = " + c.Signature() }),
	} {
		for _, d := range list {
			s, user := skipped[d.name], uses[d.name]
			delete(skipped, d.name)
			switch {
			case s == nil && user == "":
				k.diags.Hint(model.Pos{File: k.File}, fmt.Sprintf("# %s\n%s: say why", d.text, d.name),
					"the %s %s of Ceph %s has no entry and nothing uses it; bind it, or paste this below skip: and complete it", d.kind, d.name, d.since)
			case s != nil && user != "":
				k.diags.Add(s.Pos, "%s is skipped, yet %s uses it: remove the entry", d.name, user)
			}
		}
	}
	k.unknownSkips(skipped)
}

// declared is a constant, struct or callback.
type declared struct{ kind, name, text, since string }

func names[T any](kind string, entries []*release.Entry[T], text func(*T) string) []declared {
	var list []declared
	for _, e := range entries {
		list = append(list, declared{kind, e.Name, text(e.Decl), e.Since})
	}
	return list
}

// useTypes notes that user has the types of a signature, and those that they consist of.
func (k *checker) useTypes(uses map[string]string, user string, result model.Type, params []model.Param) {
	types := []model.Type{result}
	for _, p := range params {
		types = append(types, p.Type)
	}
	for _, t := range types {
		if uses[t.Base] != "" {
			continue
		}
		uses[t.Base] = user
		if def := k.union.Typedef(t.Base); def != nil {
			k.useTypes(uses, user, def.Decl.Type, nil)
		}
		if c := k.union.Callback(t.Base); c != nil {
			k.useTypes(uses, user, c.Decl.Result, c.Decl.Params)
		}
		if s := k.union.Struct(t.Base); s != nil {
			for _, f := range s.Decl.Fields {
				k.useTypes(uses, user, f.Type, nil)
			}
		}
	}
}

// unknownSkips refuses entries for names that no release has.
func (k *checker) unknownSkips(skipped map[string]*spec.Omission) {
	var known []string
	for _, c := range k.union.Consts {
		known = append(known, c.Name)
	}
	for _, s := range k.union.Structs {
		known = append(known, s.Name)
	}
	for _, c := range k.union.Callbacks {
		known = append(known, c.Name)
	}
	slices.Sort(known)
	for _, s := range k.Skips {
		switch {
		case skipped[s.C] == nil:
		case k.union.Omitted(s.C) != nil:
			k.diags.Hint(s.Pos, k.union.Omitted(s.C).String(), "skip %s has no effect: the snapshots have the reason", s.C)
		default:
			k.diags.Hint(s.Pos, diag.DidYouMean(s.C, known), "skip: no release has a constant, struct or callback %s", s.C)
		}
	}
}
