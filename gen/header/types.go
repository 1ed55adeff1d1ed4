package header

import (
	"errors"
	"fmt"

	"modernc.org/cc/v4"

	"github.com/go-rados/go-rados/gen/model"
)

// specifier is the type that a declaration begins with, of which a declarator
// may make a pointer, an array or a function.
type specifier struct {
	typ     cc.Type
	isConst bool
}

// specifierOf reads const from the syntax, since the parser's types do not
// keep it everywhere.
func specifierOf(d *cc.DeclarationSpecifiers) specifier {
	if d == nil { // a lone ";", or what C once took for an int
		return specifier{}
	}
	spec := specifier{typ: d.Type()}
	for ; d != nil; d = d.DeclarationSpecifiers {
		if d.TypeQualifier != nil && d.TypeQualifier.Case == cc.TypeQualifierConst {
			spec.isConst = true
		}
	}
	return spec
}

// typeOf spells what stars make of spec. They too come from the syntax.
func (c *converter) typeOf(spec specifier, stars *cc.Pointer) (model.Type, error) {
	base, err := c.baseName(spec.typ)
	t := model.Type{Base: base, Const: spec.isConst}
	for p := stars; p != nil; p = p.Pointer {
		t.Stars = append(t.Stars, hasConst(p.TypeQualifiers))
	}
	return t, err
}

func hasConst(q *cc.TypeQualifiers) bool {
	for ; q != nil; q = q.TypeQualifiers {
		if q.TypeQualifier != nil && q.TypeQualifier.Case == cc.TypeQualifierConst {
			return true
		}
	}
	return false
}

// baseName spells t by the name the header uses: its typedef, else its tag,
// else the canonical name of an arithmetic type.
func (c *converter) baseName(t cc.Type) (string, error) {
	if t == nil {
		return "", errors.New("a declaration without a type is not supported")
	}
	if d := t.Typedef(); d != nil {
		return d.Name(), nil
	}
	switch t := t.(type) {
	case *cc.StructType:
		tag := tagOf(t)
		if typedef, ok := c.typedefOf[tag]; ok && tag != "" {
			return typedef, nil
		}
		if tag != "" {
			return "struct " + tag, nil
		}
	case *cc.EnumType:
		if tag := t.Tag(); tag.SrcStr() != "" {
			return "enum " + tag.SrcStr(), nil
		}
	case *cc.PredefinedType:
		if name, ok := arithmetic[t.Kind()]; ok {
			return name, nil
		}
	}
	return "", fmt.Errorf("type %v is not supported", t)
}

var arithmetic = map[cc.Kind]string{
	cc.Void:      "void",
	cc.Bool:      "_Bool",
	cc.Char:      "char",
	cc.SChar:     "signed char",
	cc.UChar:     "unsigned char",
	cc.Short:     "short",
	cc.UShort:    "unsigned short",
	cc.Int:       "int",
	cc.UInt:      "unsigned int",
	cc.Long:      "long",
	cc.ULong:     "unsigned long",
	cc.LongLong:  "long long",
	cc.ULongLong: "unsigned long long",
	cc.Float:     "float",
	cc.Double:    "double",
}
