package release

import (
	"cmp"
	"slices"

	"github.com/go-rados/go-rados/gen/model"
)

// Change is one declaration that differs between two headers.
type Change struct {
	Kind     Kind
	Name     string // of a struct's field: "struct x.field"
	Old, New string // how it is spelled; "" where it does not exist

	OldPos, NewPos model.Pos // where it is declared; of a field: where its struct is
}

// Changes are the differences between two headers, sorted by kind and name.
type Changes struct {
	OldRelease, NewRelease string // "" for a header of unknown release
	List                   []Change
}

// Diff compares two headers.
func Diff(old, new *model.API) *Changes {
	c := &Changes{OldRelease: old.Release, NewRelease: new.Release}
	before, after := index(old), index(new)
	for id, f := range before {
		if now := after[id]; now.text != f.text {
			c.List = append(c.List, Change{f.kind, f.name, f.text, now.text, f.pos, now.pos})
		}
	}
	for id, f := range after {
		if _, known := before[id]; !known {
			c.List = append(c.List, Change{f.kind, f.name, "", f.text, model.Pos{}, f.pos})
		}
	}
	slices.SortFunc(c.List, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return c
}

type declID struct {
	kind Kind
	name string
}

func index(a *model.API) map[declID]declaration {
	m := map[declID]declaration{}
	for _, f := range declarations(a) {
		m[declID{f.kind, f.name}] = f
	}
	return m
}

// IsEmpty reports whether the headers are the same.
func (c *Changes) IsEmpty() bool { return len(c.List) == 0 }

// Added lists what only the new header has, but see NewlyDeprecated.
func (c *Changes) Added() []Change {
	return c.filter(func(ch Change) bool { return ch.Kind != Deprecated && ch.Old == "" })
}

// Removed lists what only the old header has, but see Undeprecated.
func (c *Changes) Removed() []Change {
	return c.filter(func(ch Change) bool { return ch.Kind != Deprecated && ch.New == "" })
}

// Changed lists what both have and spell differently.
func (c *Changes) Changed() []Change {
	return c.filter(func(ch Change) bool { return ch.Old != "" && ch.New != "" })
}

// NewlyDeprecated lists the functions that only the new header deprecates.
func (c *Changes) NewlyDeprecated() []Change {
	return c.filter(func(ch Change) bool { return ch.Kind == Deprecated && ch.Old == "" })
}

// Undeprecated lists the functions that only the old header deprecates.
func (c *Changes) Undeprecated() []Change {
	return c.filter(func(ch Change) bool { return ch.Kind == Deprecated && ch.New == "" })
}

func (c *Changes) filter(keep func(Change) bool) []Change {
	var list []Change
	for _, ch := range c.List {
		if keep(ch) {
			list = append(list, ch)
		}
	}
	return list
}

// Match finds h among known headers. It returns the equal one, or else the one
// with the fewest differences, the newer one of two, and the differences. All
// results are nil if known is empty.
func Match(h *model.API, known []*model.API) (exact, nearest *model.API, d *Changes) {
	for _, k := range known {
		switch changes := Diff(k, h); {
		case changes.IsEmpty():
			return k, nil, nil
		case d == nil, len(changes.List) < len(d.List),
			len(changes.List) == len(d.List) && Compare(k.Release, nearest.Release) > 0:
			nearest, d = k, changes
		}
	}
	return nil, nearest, d
}
