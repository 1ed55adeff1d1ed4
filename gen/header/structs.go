package header

import (
	"fmt"

	"modernc.org/cc/v4"

	"github.com/go-rados/go-rados/gen/model"
)

// structDefinition returns the struct whose members d lists, or nil.
func structDefinition(d *cc.Declaration) *cc.StructOrUnionSpecifier {
	for s := d.DeclarationSpecifiers; s != nil; s = s.DeclarationSpecifiers {
		if s.TypeSpecifier == nil || s.TypeSpecifier.Case != cc.TypeSpecifierStructOrUnion {
			continue
		}
		def := s.TypeSpecifier.StructOrUnionSpecifier
		if _, ok := def.Type().(*cc.StructType); ok && def.Case == cc.StructOrUnionSpecifierDef {
			return def
		}
	}
	return nil
}

// structTypedef returns the declarator that names the struct which the same
// declaration defines, item in "typedef struct {...} item;", or nil.
func structTypedef(d *cc.Declaration) *cc.Declarator {
	if d.InitDeclaratorList == nil || structDefinition(d) == nil {
		return nil
	}
	first := d.InitDeclaratorList.InitDeclarator.Declarator
	if !first.IsTypename() || first.Type().Kind() != cc.Struct {
		return nil
	}
	return first
}

// structure takes in the struct that def defines; typedef may be nil.
func (c *converter) structure(def *cc.StructOrUnionSpecifier, typedef *cc.Declarator) {
	t := def.Type().(*cc.StructType)
	s := &model.Struct{Name: "struct " + tagOf(t), Size: int(t.Size()), Pos: pos(def)}
	if typedef != nil {
		s.Name = typedef.Name()
		c.typedefOf[tagOf(t)] = s.Name
	} else if tagOf(t) == "" {
		return // whatever uses a struct without any name is reported
	}
	for l := def.StructDeclarationList; l != nil; l = l.StructDeclarationList {
		fields, err := c.fields(t, l.StructDeclaration)
		if err != nil {
			c.errorf(l.StructDeclaration, "%s: %w", s.Name, err)
			return
		}
		s.Fields = append(s.Fields, fields...)
	}
	c.api.Structs = append(c.api.Structs, s)
}

// fields returns what one line of t's definition declares.
func (c *converter) fields(t *cc.StructType, d *cc.StructDeclaration) ([]model.Field, error) {
	var list []model.Field
	for l := d.StructDeclaratorList; l != nil; l = l.StructDeclaratorList {
		decl := l.StructDeclarator.Declarator
		if decl == nil || l.StructDeclarator.Case == cc.StructDeclaratorBitField {
			return nil, fmt.Errorf("bit-field %w", errUnsupported(l.StructDeclarator))
		}
		field, err := c.field(t.FieldByName(decl.Name()), decl, memberConst(d.SpecifierQualifierList))
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", decl.Name(), err)
		}
		list = append(list, field)
	}
	if list == nil {
		return nil, errUnsupported(d) // members without a name
	}
	return list, nil
}

func (c *converter) field(f *cc.Field, d *cc.Declarator, isConst bool) (model.Field, error) {
	field := model.Field{Name: f.Name(), Offset: int(f.Offset())}
	t := f.Type()
	if a, ok := t.(*cc.ArrayType); ok && a.Len() > 0 {
		field.Array, t = int(a.Len()), a.Elem()
	}
	// What the declaration begins with is below what its stars make of it.
	for p := d.Pointer; p != nil; p = p.Pointer {
		pointer, ok := t.(*cc.PointerType)
		if !ok {
			return field, errUnsupported(d)
		}
		t = pointer.Elem()
	}
	var err error
	field.Type, err = c.typeOf(specifier{t, isConst}, d.Pointer)
	return field, err
}

// memberConst reports whether a member's declaration begins with const; the
// parser's types do not keep it.
func memberConst(s *cc.SpecifierQualifierList) bool {
	for ; s != nil; s = s.SpecifierQualifierList {
		if s.TypeQualifier != nil && s.TypeQualifier.Case == cc.TypeQualifierConst {
			return true
		}
	}
	return false
}

func tagOf(t *cc.StructType) string {
	tag := t.Tag()
	return tag.SrcStr()
}
