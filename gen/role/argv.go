package role

import (
	"errors"

	"github.com/dave/jennifer/jen"
)

func init() { register(argv{}, "name", "with", "prepend") }

// argv: a program's command line. C expects the program's name first; a form of
// the function may supply it, so that the caller passes just the arguments. A
// command line over which librados would end the process is refused.
type argv struct{}

func (argv) Name() string { return "argv" }

func (argv) Fits(a *Arg) error {
	if a.Prepend != "" && a.GoName == "argv" {
		return errors.New("wants another name than argv, which is the whole list with what prepend puts first")
	}
	return listFits(a)
}

func (argv) Fragment(a *Arg) Fragment {
	whole, all, args := a.GoName, jen.Id(a.GoName), jen.Id(a.GoName).Index(jen.Lit(1), jen.Empty())
	assign := "="
	if a.Prepend != "" {
		args = all
		all = jen.Append(jen.Index().String().Values(jen.Lit(a.Prepend)), all.Clone().Op("..."))
		whole, assign = "argv", ":="
	}
	f := list(a, "[]string", jen.Id(whole))
	if a.Prepend != "" {
		f.Refuse = nil // there is at least the name
	}
	f.Refuse = append(f.Refuse, Refusal{If: jen.Qual(CmdlinePackage, "Fatal").Call(args), Error: "ErrUnsafeArgument"})
	heeded := jen.Id(whole).Op(assign).Qual(CmdlinePackage, "Heeded").Call(all)
	f.Before = append([]jen.Code{heeded}, f.Before...)
	return f
}

// ArgvIn refuses a command line over which librados would end the process, where
// C reads it from that environment variable.
func ArgvIn(variable string) Refusal {
	return Refusal{If: jen.Qual(CmdlinePackage, "FatalIn").Call(jen.Lit(variable)), Error: "ErrUnsafeArgument"}
}

// CmdlinePackage knows the command lines over which librados ends the process.
const CmdlinePackage = "github.com/go-rados/go-rados/rados/internal/cmdline"
