package check

import (
	"slices"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

// buffers makes sure that memory of the library can be freed.
func (k *checker) buffers() {
	f := k.Buffers.Free
	if f != nil && (!k.takesOnly(f.Func, "char *") || !f.Everywhere) {
		k.diags.Hint(k.Buffers.Pos, f.Prototype(), "buffers can't be freed with %s: every release must have it, and it must take just a char *", f.Name)
	}
}

// iterator makes sure that an iterator can be drained and freed everywhere.
func (k *checker) iterator(it *ir.Iterator) {
	where, c := "iterator "+it.C, it.Call
	k.freeing(it.Pos, it.Free, where, it.C)
	if c == nil {
		return // package resolve has said why
	}
	for _, a := range c.Args {
		k.arg(c, a)
	}
	if !c.Ret.HasError || !c.DrainsPairs() || !c.EndsWith(c.Until) {
		k.diags.Hint(it.Pos, c.Function.Prototype(), "%s: %s must yield a key, named by until, and a value with its length, and return an int",
			where, c.Function.Name)
	}
	if !c.Function.Everywhere || !it.Free.Everywhere {
		k.diags.Add(it.Pos, "%s: every release must have %s and %s", where, c.Function.Name, it.Free.Name)
	}
}

// completions makes sure that the functions for completions look as the C code calls them.
func (k *checker) completions() {
	c := k.Completions
	if c == nil {
		return
	}
	if t := k.union.Typedef(c.Type); t == nil || !t.Decl.Type.IsPointer() {
		k.diags.Add(c.Pos, "completions: no release has a pointer type %s", c.Type)
	}
	const takes, returnsInt = "take just a ", " and return an int"
	own := model.Type{Base: c.Type}
	makes := "take a void *, callbacks that take a " + c.Type + " and a void *, and a " + c.Type + " *, and return an int"
	k.completion("new", c.New, c.Else != nil, k.makesCompletion, makes)
	k.completion("else", c.Else, true, k.makesCompletion, makes)
	returns := func(typ string) func(*model.Func) bool {
		return func(f *model.Func) bool { return takesTypes(f, own) && f.Result.Is(typ, 0) }
	}
	k.completion("ended", c.Ended, false, returns("int"), takes+c.Type+returnsInt)
	k.completion("wait", c.Wait, false, returns("int"), takes+c.Type+returnsInt)
	k.completion("value", c.Value, false, returns("int"), takes+c.Type+returnsInt)
	k.completion("version", c.Version, false, returns("uint64_t"), takes+c.Type+" and return a uint64_t")
	k.completion("free", c.Free, false, func(f *model.Func) bool { return takesTypes(f, own) }, takes+c.Type)
	k.completion("cancel", c.Cancel, false, func(f *model.Func) bool {
		return len(f.Params) == 2 && k.isHandle(f.Params[0].Type.Base) &&
			takesTypes(f, model.Type{Base: f.Params[0].Type.Base}, own) && f.Result.Is("int", 0)
	}, "take a handle and a "+c.Type+returnsInt)
	if c.New != nil && c.Else != nil {
		k.needed(c.Pos, c.New, c.Else, "completions: ")
	}
}

// completion makes sure that f, the function of a key, fits. Some release may lack it.
func (k *checker) completion(key string, f *ir.Function, mayLack bool, fits func(*model.Func) bool, want string) {
	if f == nil {
		return
	}
	if !mayLack && !f.Everywhere {
		k.diags.Add(k.Completions.Pos, "completions: every release must have %s", f.Name)
	}
	if !fits(f.Func) {
		k.diags.Hint(k.Completions.Pos, f.Prototype(), "completions, %s: %s must %s", key, f.Name, want)
	}
}

func takesTypes(f *model.Func, types ...model.Type) bool {
	return slices.EqualFunc(f.Params, types, func(p model.Param, t model.Type) bool {
		return p.Type.Base == t.Base && len(p.Type.Stars) == len(t.Stars)
	})
}

func (k *checker) isHandle(ctype string) bool {
	return slices.ContainsFunc(k.Handles, func(h *ir.Handle) bool { return h.C == ctype })
}

// makesCompletion reports whether f makes what stands for a call.
func (k *checker) makesCompletion(f *model.Func) bool {
	args, objects, callbacks := 0, 0, 0
	for _, p := range f.Params {
		cb := k.union.Callback(p.Type.Base)
		switch {
		case p.Type.Is("void", 1):
			args++
		case p.Type.Is(k.Completions.Type, 1):
			objects++
		case cb != nil && !p.Type.IsPointer() && cb.Decl.Result.IsVoid() && len(cb.Decl.Params) == 2 &&
			k.Completions.IsType(cb.Decl.Params[0].Type) && cb.Decl.Params[1].Type.Is("void", 1):
			callbacks++
		default:
			return false
		}
	}
	return args == 1 && objects == 1 && callbacks > 0 && f.Result.Is("int", 0)
}
