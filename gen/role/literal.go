package role

import "github.com/dave/jennifer/jen"

// Field is a field of a composite literal with its value.
type Field struct {
	Name  string
	Value jen.Code
}

// Literal writes a composite literal with the fields in the order given, one a line where there
// are several. (jennifer's Dict sorts them by name.)
func Literal(of *jen.Statement, fields ...Field) *jen.Statement {
	var items []jen.Code
	for _, f := range fields {
		items = append(items, jen.Id(f.Name).Op(":").Add(f.Value))
	}
	return of.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: len(items) > 1}, items...)
}
