package role

import (
	"errors"

	"github.com/dave/jennifer/jen"
)

func init() { register(argv{}, "name", "with", "prepend") }

// argv: a program's command line. C expects the program's name first; a form of
// the function may supply it, so that the caller passes just the arguments.
type argv struct{}

func (argv) Name() string { return "argv" }

func (argv) Fits(a *Arg) error {
	if a.Prepend != "" && a.GoName == "argv" {
		return errors.New("wants another name than argv, which is the whole list with what prepend puts first")
	}
	return listFits(a)
}

func (argv) Fragment(a *Arg) Fragment {
	if a.Prepend == "" {
		return list(a, "[]string", jen.Id(a.GoName))
	}
	whole := "argv"
	f := list(a, "[]string", jen.Id(whole))
	f.Refuse = nil // there is at least the name
	f.Before = append([]jen.Code{
		jen.Id(whole).Op(":=").Append(jen.Index().String().Values(jen.Lit(a.Prepend)), jen.Id(a.GoName).Op("...")),
	}, f.Before...)
	return f
}
