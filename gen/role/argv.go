package role

import (
	"errors"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(argv{}, "The command line of a program, without its name where `argv0` supplies that.",
		"name", "length", "parallel", "argv0")
}

// argv: a program's command line. C expects the program's name first; a form of
// the function may supply it, so that the caller passes just the arguments. A
// command line over which the library would end the process is refused. Where it covers
// another array, C puts there what it did not take.
type argv struct{}

func (argv) Name() string { return "argv" }

func (argv) Fits(a *ir.Arg) error {
	if a.Keys.Argv0 != "" && a.GoName == "argv" {
		return errors.New("wants another name than argv, which is the whole list with what argv0 puts first")
	}
	if len(a.Covers) > 1 || len(a.Covers) == 1 && !a.Covers[0].Type.Is("char", 2) {
		return wants(a, "to cover nothing, or the const char ** for what is left over")
	}
	return listFits(a)
}

func (argv) Part(a *ir.Arg) ir.Part {
	p := listPart(a, "[]string")
	if a.Keys.Argv0 != "" {
		p.Refusals = nil // there is at least the name
		p.Locals = append(p.Locals, "argv")
	}
	p.Refusals = append(p.Refusals, unsafeArgument)
	for _, rest := range a.Covers {
		p.Results = []ir.Result{{Name: rest.Name, Type: "[]string"}}
		p.CNames = append(slices.Insert(p.CNames, 3, rest.Name+"_out"), rest.Name+"_c") // parameters come first
	}
	return p
}

func (argv) Code(a *ir.Arg) Code {
	whole, all, args := a.GoName, jen.Id(a.GoName), jen.Id(a.GoName).Index(jen.Lit(1), jen.Empty())
	assign := "="
	if a.Keys.Argv0 != "" {
		args = all
		all = jen.Append(jen.Index().String().Values(jen.Lit(a.Keys.Argv0)), all.Clone().Op("..."))
		whole, assign = "argv", ":="
	}
	f := list(a, jen.Id(whole))
	if a.Keys.Argv0 != "" {
		f.Refuse = nil // see Part
	}
	f.Refuse = append(f.Refuse, jen.Qual(CmdlinePackage, "Fatal").Call(args))
	effective := jen.Id(whole).Op(assign).Qual(CmdlinePackage, "Effective").Call(all)
	f.Before = append([]jen.Code{effective}, f.Before...)
	for _, p := range a.Covers {
		leftOver(&f, p.Name, a.With.Name)
	}
	return f
}

// leftOver has C put what it did not take into an array of that name and length, with
// NULL for what it took, and returns it.
func leftOver(f *Code, name, length string) {
	rest, out := name+"_c", name+"_out"
	b := buffer(name, out, Value{
		Value: jen.Qual(WirePackage, "SizedItems").Call(taken(name)),
		Zero:  jen.Nil(),
	})
	f.Before = append(f.Before, b.Before...)
	f.ShimArgs = append(f.ShimArgs, b.ShimArgs...)
	f.ShimParams = append(f.ShimParams, b.ShimParams...)
	f.Results = b.Results
	f.Locals = append(f.Locals, "const char **"+rest+" = NULL")
	f.Prepare = append(f.Prepare,
		"gorados_buf_alloc("+out+", 256, &ret)",
		"if (ret >= 0 && !("+rest+" = calloc("+length+", sizeof *"+rest+")))\n\t\tret = -ENOMEM",
	)
	f.CallArgs[name] = rest
	f.Cleanup = append([]string{
		"for (size_t i = 0; " + rest + " && i < " + length + "; i++)\n\t\tif (" + rest + "[i])\n\t\t\tgorados_buf_append_item(" + out + ", " + rest + "[i], strlen(" + rest + "[i]), &ret)",
		"free(" + rest + ")",
		endBuffer(out),
	}, f.Cleanup...)
}

// unsafeArgument refuses a command line over which the library would end the process.
var unsafeArgument = ir.Refusal{Error: "ErrUnsafeArgument"}

// UnsafeEnviron is the condition that the environment variable has such a command line.
func UnsafeEnviron(variable string) jen.Code {
	return jen.Qual(CmdlinePackage, "FatalIn").Call(jen.Lit(variable))
}

// CmdlinePackage knows the command lines over which the library ends the process.
const CmdlinePackage = "github.com/go-rados/go-rados/internal/cmdline"
