package header

import (
	"errors"
	"fmt"

	"modernc.org/cc/v4"

	"github.com/go-rados/go-rados/gen/model"
)

// specifier is the type at the beginning of a declaration, which a declarator can
// turn into a pointer, an array or a function.
type specifier struct {
	typ        cc.Type
	isConst    bool
	isVolatile bool
	err        error // a qualifier that is not supported
}

// specifierOf reads const and volatile from the syntax, since the parser's types do
// not always keep them.
func specifierOf(d *cc.DeclarationSpecifiers) specifier {
	if d == nil { // a lone ";", or what C once took for an int
		return specifier{}
	}
	spec := specifier{typ: d.Type()}
	for ; d != nil; d = d.DeclarationSpecifiers {
		spec.qualify(d.TypeQualifier)
		if t := d.TypeSpecifier; t != nil && t.Case == cc.TypeSpecifierAtomic {
			spec.err = errUnsupported(t)
		}
	}
	return spec
}

func (s *specifier) qualify(q *cc.TypeQualifier) {
	if q == nil {
		return
	}
	switch q.Case {
	case cc.TypeQualifierConst:
		s.isConst = true
	case cc.TypeQualifierVolatile:
		s.isVolatile = true
	default:
		s.err = errUnsupported(q)
	}
}

// typeOf returns the type that the stars of a declarator make of spec.
func (c *converter) typeOf(spec specifier, stars *cc.Pointer) (model.Type, error) {
	base, err := c.baseName(spec.typ)
	t := model.Type{Base: base, Const: spec.isConst, Volatile: spec.isVolatile}
	if err == nil {
		err = spec.err
	}
	for p := stars; p != nil; p = p.Pointer {
		isConst, ok := starConst(p.TypeQualifiers, p.Pointer == nil)
		if !ok && err == nil {
			err = errUnsupported(p)
		}
		t.Stars = append(t.Stars, isConst)
	}
	return t, err
}

// starConst reports whether a pointer is const. Other qualifiers are errors, except
// restrict on the outermost pointer, which is part of no type.
func starConst(q *cc.TypeQualifiers, outermost bool) (isConst, ok bool) {
	for ; q != nil; q = q.TypeQualifiers {
		if q.TypeQualifier == nil {
			continue
		}
		switch q.TypeQualifier.Case {
		case cc.TypeQualifierConst:
			isConst = true
		case cc.TypeQualifierRestrict:
			if !outermost {
				return isConst, false
			}
		default:
			return isConst, false
		}
	}
	return isConst, true
}

// baseName returns the name of t in the header: its typedef, its tag, or the canonical
// name of an arithmetic type.
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
		if t.Size() != enumSize {
			return "", fmt.Errorf("an enum of %d bytes is not supported", t.Size())
		}
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

// enumSize is the size of an enum whose values fit an int, which is what the generator takes it for.
const enumSize = 4

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
