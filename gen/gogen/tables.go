package gogen

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/role"
)

// tables writes the tables that hand-written code uses.
func tables(f *jen.File, p *ir.Plan) {
	if p.Library.Parent != "" {
		importedTables(f, p)
		return
	}
	doc(f, "releases are the releases of Ceph that the package knows, the oldest first.")
	f.Var().Id("releases").Op("=").Index().String().ValuesFunc(func(g *jen.Group) {
		for _, r := range p.Releases {
			g.Lit(r)
		}
	}).Line()

	doc(f, "shimErrors are the errors of the codes that only the C functions of this package return.")
	f.Var().Id("shimErrors").Op("=").Map(jen.Int()).Error().Values(jen.DictFunc(func(d jen.Dict) {
		for _, e := range p.Errors {
			if e.ShimCode != "" {
				d[jen.Qual("C", "GORADOS_"+e.ShimCode)] = jen.Id(e.Go)
			}
		}
	})).Line()

	doc(f, "errnoVariables are the variables that errors.Is finds in the error of an errno.")
	f.Var().Id("errnoVariables").Op("=").Map(jen.Qual("syscall", "Errno")).Index().Error().Values(jen.DictFunc(func(d jen.Dict) {
		for errno, names := range errnoVariables(p) {
			d[jen.Qual("syscall", errno)] = jen.Values(names...)
		}
	})).Line()

	missingFunctions(f, p, jen.Id("MissingFunctionError"))
}

// importedTables writes the tables of a package whose errors are those of another one.
func importedTables(f *jen.File, p *ir.Plan) {
	doc(f, "asError returns the error of a code of a C function, or nil if the code is not negative.")
	f.Func().Id("asError").Params(jen.Id("ret").Int()).Error().BlockFunc(func(g *jen.Group) {
		if len(p.Lacking()) > 0 {
			g.If(jen.List(jen.Id("missing"), jen.Id("ok")).Op(":=").Id("missingFunctions").Index(jen.Id("ret")), jen.Id("ok")).Block(jen.Return(jen.Id("missing")))
		}
		g.Return(jen.Qual(role.SharedPackage, "AsError").Call(jen.Id("ret")))
	}).Line()
	if len(p.Lacking()) > 0 {
		missingFunctions(f, p, jen.Qual(modulePath+"/"+p.Library.Parent, "MissingFunctionError"))
	}
}

// missingFunctions writes the table of the functions that the loaded library may lack, with their
// errors of that type.
func missingFunctions(f *jen.File, p *ir.Plan, typ jen.Code) {
	doc(f, "missingFunctions are the functions that some release lacks, by the codes that C returns for them.")
	f.Var().Id("missingFunctions").Op("=").Map(jen.Int()).Op("*").Add(typ).Values(jen.DictFunc(func(d jen.Dict) {
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
}

// errnoVariables returns the variables that errors.Is finds in the error of an errno, by errno.
func errnoVariables(p *ir.Plan) map[string][]jen.Code {
	list := make(map[string][]jen.Code)
	for _, e := range p.Errors {
		if e.MatchesErrno != "" {
			list[e.MatchesErrno] = append(list[e.MatchesErrno], jen.Id(e.Go))
		}
	}
	return list
}
