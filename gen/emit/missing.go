package emit

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/plan"
)

// lacks is the code by which a shim says that the library lacks the function.
func lacks(e *plan.Entry) string { return "GORADOS_MISSING_" + strings.ToUpper(e.Func.Name) }

// lacking lists the functions that some release lacks and some method can't do
// without.
func lacking(p *plan.Plan) []*plan.Entry {
	var list []*plan.Entry
	for _, e := range p.Entries {
		lacks := func(m *plan.Method) bool {
			either := func(call *plan.Call) bool { return call.Entry == e }
			return slices.Contains(m.MayLack(), e) || slices.ContainsFunc(m.Changing(), either)
		}
		if slices.ContainsFunc(p.Methods, lacks) {
			list = append(list, e)
		}
	}
	return list
}

// Lacks lists the codes of the functions that may be missing.
func (v *view) Lacks() []string {
	var codes []string
	for _, e := range lacking(v.Plan) {
		codes = append(codes, lacks(e))
	}
	return codes
}

// added is a function that a release has and the one before it lacks.
type added struct {
	Release  int // its index
	Function string
}

// Added lists what tells one release from another, by release.
func (v *view) Added() []added {
	var list []added
	for _, e := range v.Entries {
		if i := slices.Index(v.Union.Releases, e.Since); i > 0 && e.Until == "" {
			list = append(list, added{i, e.Func.Name})
		}
	}
	slices.SortStableFunc(list, func(a, b added) int { return a.Release - b.Release })
	return list
}

// loaded writes what tells which release the loaded library is of.
func loaded(f *jen.File, p *plan.Plan) {
	doc(f, "loadedRelease is the newest release known here whose functions the loaded library has.")
	f.Var().Id("loadedRelease").Op("=").Qual("sync", "OnceValue").Call(jen.Func().Params().String().Block(
		jen.Return(jen.Index().String().ValuesFunc(func(g *jen.Group) {
			for _, r := range p.Union.Releases {
				g.Lit(r)
			}
		}).Index(jen.Qual("C", "gorados_library_release").Call())),
	)).Line()
}

// missing writes what the error of a missing function says.
func missing(f *jen.File, p *plan.Plan) {
	doc(f, "missingFunctions are the functions that some release lacks, by the codes of the C side.")
	f.Var().Id("missingFunctions").Op("=").Map(jen.Int()).Op("*").Id("MissingFunctionError").Values(jen.DictFunc(func(d jen.Dict) {
		for _, e := range lacking(p) {
			of := jen.Dict{jen.Id("Function"): jen.Lit(e.Func.Name)}
			if !e.Oldest {
				of[jen.Id("Since")] = jen.Lit(e.Since)
			}
			if e.Until != "" {
				of[jen.Id("Until")] = jen.Lit(e.Until)
			}
			d[jen.Qual("C", lacks(e))] = jen.Values(of)
		}
	})).Line()

	doc(f, "tooOld is the error of a library that is older than all that this package knows. The loader would "+
		"end the program as soon as it calls what is missing.")
	f.Var().Id("tooOld").Op("=").Qual("sync", "OnceValue").Call(jen.Func().Params().Error().Block(
		jen.Id("name").Op(":=").Qual("C", "gorados_missing_symbol").Call(),
		jen.If(jen.Id("name").Op("==").Nil()).Block(jen.Return(jen.Nil())),
		jen.Return(jen.Op("&").Id("MissingFunctionError").Values(jen.Dict{
			jen.Id("Function"): jen.Qual("C", "GoString").Call(jen.Id("name")),
			jen.Id("Since"):    jen.Lit(p.Union.Releases[0]),
		})),
	)).Line()
}
