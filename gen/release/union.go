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
	Name    string
	Decl    *T       // by the newest release that has it; of a struct: the largest
	Decls   []*T     // by the releases of Has
	Uniform bool     // they are equal but for the names of parameters
	Since   string   // the first release that has it
	Until   string   // the first later one that lacks it, or ""
	Oldest  bool     // the oldest release of all has it
	Has     []string // the releases that have it, the oldest first
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

// AddUser notes in users, which is by C types, that user has the types of a signature, and those that
// they consist of. A type that has a user already keeps it.
func (u *Union) AddUser(users map[string]string, user string, result model.Type, params []model.Param) {
	types := []model.Type{result}
	for _, p := range params {
		types = append(types, p.Type)
	}
	for _, t := range types {
		if users[t.Base] != "" {
			continue
		}
		users[t.Base] = user
		if def := u.Typedef(t.Base); def != nil {
			u.AddUser(users, user, def.Decl.Type, nil)
		}
		if c := u.Callback(t.Base); c != nil {
			u.AddUser(users, user, c.Decl.Result, c.Decl.Params)
		}
		if s := u.Struct(t.Base); s != nil {
			for _, f := range s.Decl.Fields {
				u.AddUser(users, user, f.Type, nil)
			}
		}
	}
}

// FieldHas returns the releases in which the struct of e has a field.
func FieldHas(e *Entry[model.Struct], field string) []string {
	var releases []string
	for i, s := range e.Decls {
		if slices.ContainsFunc(s.Fields, func(f model.Field) bool { return f.Name == field }) {
			releases = append(releases, e.Has[i])
		}
	}
	return releases
}

// Varies reports whether the size of a struct depends on the release.
func Varies(e *Entry[model.Struct]) bool {
	return slices.ContainsFunc(e.Decls, func(s *model.Struct) bool { return s.Size != e.Decl.Size })
}

// Conflict is a declaration that differs between two releases, so that no code
// suits both. It is an error, unless SameWidth is set and the spec accepts it.
type Conflict struct {
	Name                   string
	SameWidth              bool // values have the same size, but may have another meaning
	OtherSign              bool // SameWidth, and a number has become signed or unsigned
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
	u.Funcs = merge(u, apis, func(a *model.API) []*model.Func { return a.Funcs }, pair.funcs, funcSpelling)
	u.Consts = merge(u, apis, func(a *model.API) []*model.Const { return a.Consts }, pair.consts, constSpelling)
	u.Structs = merge(u, apis, func(a *model.API) []*model.Struct { return a.Structs }, pair.structs, structSpelling)
	u.Callbacks = merge(u, apis, func(a *model.API) []*model.Callback { return a.AllCallbacks() }, pair.callbacks, callbackSpelling)
	u.Typedefs = merge(u, apis, func(a *model.API) []*model.Typedef { return a.Typedefs }, pair.typedefs, typedefSpelling)
	for _, e := range u.Structs {
		for _, s := range e.Decls {
			if s.Size > e.Decl.Size || s.Size == e.Decl.Size && len(s.Fields) > len(e.Decl.Fields) {
				e.Decl = s
			}
		}
	}
	return u
}

// spelling is the text of a declaration, and the part of it that a caller's code depends on.
type spelling struct {
	name, text, binding string
	pos                 model.Pos
}

func merge[T any](u *Union, apis []*model.API, list func(*model.API) []*T, compare func(pair, *T, *T) verdict, spell func(*T) spelling) []*Entry[T] {
	var entries []*Entry[T]
	known := map[string]*Entry[T]{}
	in := map[string]*model.API{} // the release of an entry's Decl
	for i, a := range apis {
		for _, decl := range list(a) {
			now := spell(decl)
			e := known[now.name]
			if e == nil {
				e = &Entry[T]{Name: now.name, Since: a.Release, Oldest: i == 0, Uniform: true}
				known[e.Name] = e
				entries = append(entries, e)
			} else {
				before := spell(e.Decl)
				e.Uniform = e.Uniform && before.binding == now.binding
				if v := compare(pair{in[e.Name], a}, e.Decl, decl); v != same {
					u.Conflicts = append(u.Conflicts, &Conflict{
						e.Name, v == sameWidth || v == otherSign, v == otherSign, in[e.Name].Release, a.Release, before.text, now.text, before.pos, now.pos,
					})
				}
			}
			e.Decl, in[e.Name] = decl, a
			e.Decls, e.Has = append(e.Decls, decl), append(e.Has, a.Release)
		}
		for _, o := range a.Unsupported {
			if e := known[o.Name]; e != nil {
				before := spell(e.Decl)
				u.Conflicts = append(u.Conflicts, &Conflict{
					e.Name, false, false, in[e.Name].Release, a.Release, before.text, "unsupported: " + o.Reason, before.pos, o.Pos,
				})
			}
		}
		for _, e := range entries {
			if in[e.Name] != a && e.Until == "" {
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

func funcSpelling(f *model.Func) spelling {
	bare := model.Func{Name: f.Name, Result: f.Result, Params: unnamed(f.Params)}
	return spelling{f.Name, f.Prototype(), bare.Prototype(), f.Pos}
}

func callbackSpelling(c *model.Callback) spelling {
	bare := model.Callback{Result: c.Result, Params: unnamed(c.Params)}
	return spelling{c.Name, c.Signature(), bare.Signature(), c.Pos}
}

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
