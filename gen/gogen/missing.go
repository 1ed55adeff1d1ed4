package gogen

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
)

// loaded writes what tells which release the loaded library is of.
func loaded(f *jen.File, p *ir.Plan) {
	doc(f, "loadedRelease is the newest release known here whose functions the loaded library has.")
	f.Var().Id("loadedRelease").Op("=").Qual("sync", "OnceValue").Call(jen.Func().Params().String().Block(
		jen.Return(jen.Index().String().ValuesFunc(func(g *jen.Group) {
			for _, r := range p.Releases {
				g.Lit(r)
			}
		}).Index(jen.Qual("C", "gorados_library_release").Call())),
	)).Line()
}

// missing writes what the error of a missing function says.
func missing(f *jen.File, p *ir.Plan) {
	doc(f, "missingFunctions are the functions that some release lacks, by the codes of the C side.")
	f.Var().Id("missingFunctions").Op("=").Map(jen.Int()).Op("*").Id("MissingFunctionError").Values(jen.DictFunc(func(d jen.Dict) {
		for _, e := range p.Lacking() {
			of := jen.Dict{jen.Id("Function"): jen.Lit(e.Name)}
			if !e.Oldest {
				of[jen.Id("Since")] = jen.Lit(e.Since)
			}
			if e.Until != "" {
				of[jen.Id("Until")] = jen.Lit(e.Until)
			}
			d[jen.Qual("C", ctype.MissingCode(e.Name))] = jen.Values(of)
		}
	})).Line()

	doc(f, "tooOld is the error of a library that is older than all that this package knows. The loader would "+
		"end the program as soon as it calls what is missing.")
	f.Var().Id("tooOld").Op("=").Qual("sync", "OnceValue").Call(jen.Func().Params().Error().Block(
		jen.Id("name").Op(":=").Qual("C", "gorados_missing_symbol").Call(),
		jen.If(jen.Id("name").Op("==").Nil()).Block(jen.Return(jen.Nil())),
		jen.Return(jen.Op("&").Id("MissingFunctionError").Values(jen.Dict{
			jen.Id("Function"): jen.Qual("C", "GoString").Call(jen.Id("name")),
			jen.Id("Since"):    jen.Lit(p.Releases[0]),
		})),
	)).Line()
}
