package role

import (
	"errors"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(drainKey{}, "The key of each pair that an iterator yields.",
		"length")
	register(drainValue{}, "The value of each pair that an iterator yields.",
		"length")
}

var errNotDrained = errors.New("is for the function that an iterator drains")

// drain-key: the key of each pair that an iterator yields. All the pairs are
// put into one buffer and cross together.
type drainKey struct{}

func (drainKey) Name() string { return "drain-key" }

func (drainKey) Fits(a *ir.Arg) error {
	if !a.Drained {
		return errNotDrained
	}
	if !pointsToText(a.Param) || a.With != nil && !isCount(a.With) {
		return wants(a, "char **, with or without a size_t *")
	}
	return nil
}

func (drainKey) Infers(a *ir.Arg) bool { return a.Until && len(a.Param.Type.Stars) == 2 }

func (drainKey) Part(a *ir.Arg) ir.Part {
	p := bufferPart("pairs", ir.Result{Name: "pairs", Type: "map[string][]byte"})
	p.CNames, p.Key = append(p.CNames, itemNames(a)...), true
	return p
}

func (drainKey) Code(a *ir.Arg) Code {
	f := buffer("pairs", "pairs", Value{
		Value: jen.Qual(WirePackage, "Pairs").Call(taken("pairs")),
		Zero:  jen.Nil(),
	})
	one, length := item(a, "strlen("+a.Param.Name+")")
	f.Locals, f.CallArgs = one.Locals, one.CallArgs
	f.PerItem = []string{"struct gorados_text text = {" + a.Param.Name + ", " + length + "}"}
	f.Cleanup = []string{endBuffer("pairs")}
	return f
}

// drain-value: the value that belongs to a drain-key.
type drainValue struct{}

func (drainValue) Name() string { return "drain-value" }

func (drainValue) Fits(a *ir.Arg) error {
	if !a.Drained {
		return errNotDrained
	}
	if !pointsToText(a.Param) || !isCount(a.With) {
		return wants(a, "char ** with a size_t *")
	}
	return nil
}

func (drainValue) Infers(a *ir.Arg) bool {
	return a.Drained && !a.Until && len(a.Param.Type.Stars) == 2
}

func (drainValue) Part(a *ir.Arg) ir.Part { return ir.Part{CNames: itemNames(a), Value: true} }

func (drainValue) Code(a *ir.Arg) Code {
	f, length := item(a, "")
	f.PerItem = []string{"gorados_buf_append_pair(pairs, text, " + a.Param.Name + ", " + length + ", &ret)"}
	return f
}

// itemNames lists the variables of one half of a pair.
func itemNames(a *ir.Arg) []string {
	if a.With == nil {
		return []string{a.Param.Name}
	}
	return []string{a.Param.Name, a.With.Name}
}

// item is one half of a pair: a pointer into the iterator's own memory, which
// must not be freed, and its length, which is as given where C does not tell it.
func item(a *ir.Arg, length string) (Code, string) {
	name := a.Param.Name
	f := Code{
		Locals:   []string{a.Param.Type.Elem().Declare(name) + " = NULL"},
		CallArgs: map[string]string{name: "&" + name},
	}
	if a.With != nil {
		f.Locals = append(f.Locals, "size_t "+a.With.Name+" = 0")
		f.CallArgs[a.With.Name] = "&" + a.With.Name
		length = a.With.Name
	}
	return f, length
}
