package release

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
)

// Union holds the declarations of several releases.
type Union struct {
	Releases  []string // the oldest first
	Funcs     []*Entry[model.Func]
	Consts    []*Entry[model.Const]
	Structs   []*Entry[model.Struct]
	Callbacks []*Entry[model.Callback]
	Typedefs  []*Entry[model.Typedef]
	Conflicts []*Conflict
	// The declarations that the generator cannot bind, and those that are no part of the API, of each
	// release, the oldest first.
	Unsupported, LeftOut []*Omission
}

// Omission is a declaration of a release that the union lacks.
type Omission struct {
	*model.Omission
	Kind    Kind
	Release string
}

func (o *Omission) String() string {
	return fmt.Sprintf("%v: %s in Ceph %s: %s", o.Pos, o.Kind, o.Release, o.Reason)
}

// Omitted returns the newest omission of that name, one that is unsupported first, or nil.
func (u *Union) Omitted(name string) *Omission {
	for _, list := range [][]*Omission{u.Unsupported, u.LeftOut} {
		for _, o := range slices.Backward(list) {
			if o.Name == name {
				return o
			}
		}
	}
	return nil
}

// Entry is one name in all releases that declare it.
type Entry[T any] struct {
	Name   string
	Decl   *T       // by the newest release that has it
	Since  string   // the first release that has it
	Until  string   // the first later one that lacks it, or ""
	Oldest bool     // the oldest release of all has it
	Has    []string // the releases that have it, the oldest first

	in string // the release of Decl
}

// Everywhere reports whether all releases declare e.
func (e *Entry[T]) Everywhere() bool { return e.Oldest && e.Until == "" }

// Func returns the entry of that name, or nil.
func (u *Union) Func(name string) *Entry[model.Func] { return find(u.Funcs, name) }

// Const returns the entry of that name, or nil.
func (u *Union) Const(name string) *Entry[model.Const] { return find(u.Consts, name) }

// Struct returns the entry of that name, or nil.
func (u *Union) Struct(name string) *Entry[model.Struct] { return find(u.Structs, name) }

// Callback returns the entry of that name, or nil.
func (u *Union) Callback(name string) *Entry[model.Callback] { return find(u.Callbacks, name) }

// Typedef returns the entry of that name, or nil.
func (u *Union) Typedef(name string) *Entry[model.Typedef] { return find(u.Typedefs, name) }

// Basic follows typedefs to the type that the base of t stands for.
func (u *Union) Basic(t model.Type) string {
	base := t.Base
	for range 8 { // deeper typedefs than that are a loop
		def := u.Typedef(base)
		if def == nil || def.Decl.Type.IsPointer() {
			return base
		}
		base = def.Decl.Type.Base
	}
	return base
}

// Conflict is a declaration that differs between two releases, so that no code
// suits both. It is an error.
type Conflict struct {
	Name                   string
	OldRelease, NewRelease string
	Old, New               string // the declarations
	OldPos, NewPos         model.Pos
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("%s differs between releases:\n\t%s: %s\n\t%s: %s",
		c.Name, c.OldRelease, c.Old, c.NewRelease, c.New)
}

// Merge merges apis. Their order does not matter.
func Merge(apis []*model.API) *Union {
	apis = slices.SortedStableFunc(slices.Values(apis), func(a, b *model.API) int {
		return Compare(a.Release, b.Release)
	})
	u := &Union{}
	for _, a := range apis {
		u.Releases = append(u.Releases, a.Release)
		for _, o := range a.Unsupported {
			u.Unsupported = append(u.Unsupported, &Omission{o, Unsupported, a.Release})
		}
		for _, o := range a.LeftOut {
			u.LeftOut = append(u.LeftOut, &Omission{o, LeftOut, a.Release})
		}
	}
	u.Funcs = merge(u, apis, func(a *model.API) []*model.Func { return a.Funcs }, funcSpelling)
	u.Consts = merge(u, apis, func(a *model.API) []*model.Const { return a.Consts }, constSpelling)
	u.Structs = merge(u, apis, func(a *model.API) []*model.Struct { return a.Structs }, structSpelling)
	u.Callbacks = merge(u, apis, func(a *model.API) []*model.Callback { return a.AllCallbacks() }, callbackSpelling)
	u.Typedefs = merge(u, apis, func(a *model.API) []*model.Typedef { return a.Typedefs }, typedefSpelling)
	return u
}

// spelling is the text of a declaration, and the part that must not change.
type spelling struct {
	name, text, binding string
	pos                 model.Pos
}

func merge[T any](u *Union, apis []*model.API, list func(*model.API) []*T, spell func(*T) spelling) []*Entry[T] {
	var entries []*Entry[T]
	known := map[string]*Entry[T]{}
	for i, a := range apis {
		for _, decl := range list(a) {
			now := spell(decl)
			e := known[now.name]
			if e == nil {
				e = &Entry[T]{Name: now.name, Since: a.Release, Oldest: i == 0}
				known[e.Name] = e
				entries = append(entries, e)
			} else if before := spell(e.Decl); before.binding != now.binding {
				u.Conflicts = append(u.Conflicts, &Conflict{
					e.Name, e.in, a.Release, before.text, now.text, before.pos, now.pos,
				})
			}
			e.Decl, e.in = decl, a.Release
			e.Has = append(e.Has, a.Release)
		}
		for _, e := range entries {
			if e.in != a.Release && e.Until == "" {
				e.Until = a.Release
			}
		}
	}
	slices.SortFunc(entries, func(a, b *Entry[T]) int { return cmp.Compare(a.Name, b.Name) })
	return entries
}

func find[T any](entries []*Entry[T], name string) *Entry[T] {
	i, ok := slices.BinarySearchFunc(entries, name, func(e *Entry[T], name string) int {
		return cmp.Compare(e.Name, name)
	})
	if !ok {
		return nil
	}
	return entries[i]
}

// A renamed parameter is no conflict: only types and array lengths matter.
func funcSpelling(f *model.Func) spelling {
	bare := model.Func{Name: f.Name, Result: f.Result, Params: unnamed(f.Params)}
	return spelling{f.Name, f.Prototype(), bare.Prototype(), f.Pos}
}

func callbackSpelling(c *model.Callback) spelling {
	bare := model.Callback{Result: c.Result, Params: unnamed(c.Params)}
	return spelling{c.Name, c.Signature(), bare.Signature(), c.Pos}
}

// An enumerator that becomes a macro is no conflict: only the value matters.
func constSpelling(c *model.Const) spelling {
	return spelling{c.Name, c.Value, c.Value, c.Pos}
}

func structSpelling(s *model.Struct) spelling {
	text := []string{structDecl(s).text}
	for i := range s.Fields {
		text = append(text, fieldDecl(s, &s.Fields[i]).text)
	}
	all := strings.Join(text, "; ")
	return spelling{s.Name, all, all, s.Pos}
}

func typedefSpelling(t *model.Typedef) spelling {
	return spelling{t.Name, t.Type.String(), t.Type.String(), t.Pos}
}

func unnamed(params []model.Param) []model.Param {
	list := slices.Clone(params)
	for i := range list {
		list[i].Name = ""
		if f := list[i].Func; f != nil {
			list[i].Func = &model.Callback{Result: f.Result, Params: unnamed(f.Params)}
		}
		if slices.Equal(list[i].Dims, []int{0}) { // the same as a pointer
			list[i].Dims = nil
		}
	}
	return list
}
