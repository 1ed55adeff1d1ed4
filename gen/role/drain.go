package role

import (
	"errors"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(drainKey{}, "The key of each pair that an iterator yields.",
		"with")
	register(drainValue{}, "The value of each pair that an iterator yields.",
		"with")
}

var errNotDrained = errors.New("is for a step that says drain")

// drain-key: the key of each pair that an iterator yields. All the pairs are
// put into one buffer and cross together.
type drainKey struct{}

func (drainKey) Name() string { return "drain-key" }

func (drainKey) Fits(a *Arg) error {
	if !a.Drained {
		return errNotDrained
	}
	if !pointsToText(a.Param) || a.With != nil && !isCount(a.With) {
		return wants(a, "char **, with or without a size_t *")
	}
	return nil
}

func (drainKey) Fragment(a *Arg) Fragment {
	f := buffer("pairs", "pairs", Result{
		Name:  "pairs",
		Type:  "map[string][]byte",
		Value: jen.Qual(WirePackage, "Pairs").Call(taken("pairs")),
		Zero:  jen.Nil(),
	})
	one, length := item(a, "strlen("+a.Param.Name+")")
	f.Locals, f.Give = one.Locals, one.Give
	f.Each = []string{"struct gorados_text text = {" + a.Param.Name + ", " + length + "}"}
	f.Done = []string{"gorados_buf_set_len(pairs, ret < 0 ? ret : (int64_t)pairs->len)"}
	return f
}

// drain-value: the value that belongs to a drain-key.
type drainValue struct{}

func (drainValue) Name() string { return "drain-value" }

func (drainValue) Fits(a *Arg) error {
	if !a.Drained {
		return errNotDrained
	}
	if !pointsToText(a.Param) || !isCount(a.With) {
		return wants(a, "char ** with a size_t *")
	}
	return nil
}

func (drainValue) Fragment(a *Arg) Fragment {
	f, length := item(a, "")
	f.Each = []string{"gorados_buf_append_pair(pairs, text, " + a.Param.Name + ", " + length + ", &ret)"}
	return f
}

// item is one half of a pair: a pointer into the iterator's own memory, which
// must not be freed, and its length, which is as given where C does not tell it.
func item(a *Arg, length string) (Fragment, string) {
	name := a.Param.Name
	f := Fragment{
		Locals: []string{a.Param.Type.Elem().Declare(name) + " = NULL"},
		Give:   map[string]string{name: "&" + name},
	}
	if a.With != nil {
		f.Locals = append(f.Locals, "size_t "+a.With.Name+" = 0")
		f.Give[a.With.Name] = "&" + a.With.Name
		length = a.With.Name
	}
	return f, length
}
