package role

import "github.com/dave/jennifer/jen"

// buffer passes a buffer called goName in Go and cName in the shim, which fills
// it. The result is made of what it is filled with.
func buffer(goName, cName string, result Result) Fragment {
	return Fragment{
		Before:  []jen.Code{jen.Var().Id(goName).Add(c("struct_gorados_buf"))},
		Pass:    []jen.Code{jen.Op("&").Id(goName)},
		Results: []Result{result},
		Takes:   []string{"struct gorados_buf *" + cName},
	}
}

// taken is what the shim left in a buffer, as bytes that are Go's own.
func taken(goName string) *jen.Statement {
	return jen.Id("takeBuffer").Call(jen.Op("&").Id(goName))
}
