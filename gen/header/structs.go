package header

import (
	"errors"
	"fmt"
	"strings"

	"modernc.org/cc/v4"

	"github.com/go-rados/go-rados/gen/model"
)

// structTypedef returns the declarator of a typedef that names the struct it
// defines, item in "typedef struct {...} item;", or nil.
func structTypedef(d *cc.Declaration) *cc.Declarator {
	if d.InitDeclaratorList == nil || !definesStruct(d) {
		return nil
	}
	first := d.InitDeclaratorList.InitDeclarator.Declarator
	if !first.IsTypename() || first.Type().Kind() != cc.Struct {
		return nil
	}
	return first
}

func definesStruct(d *cc.Declaration) bool {
	for s := d.DeclarationSpecifiers; s != nil; s = s.DeclarationSpecifiers {
		if t := s.TypeSpecifier; t != nil && t.Case == cc.TypeSpecifierStructOrUnion {
			return t.StructOrUnionSpecifier.Case == cc.StructOrUnionSpecifierDef
		}
	}
	return false
}

// structure adds the struct that def defines, a part of whole. typedef may be nil.
func (c *converter) structure(def *cc.StructOrUnionSpecifier, typedef *cc.Declarator, whole cc.Node) {
	t := def.Type().(*cc.StructType)
	s := &model.Struct{Name: "struct " + tagOf(t), Size: int(t.Size()), Packed: isPacked(t), Pos: pos(def)}
	c.packed = 0
	if typedef != nil {
		s.Name = typedef.Name()
		c.typedefOf[tagOf(t)] = s.Name
	} else if tagOf(t) == "" {
		return // whatever uses a struct without any name is reported
	}
	switch {
	case s.Packed && strings.Contains(cc.NodeSource(whole), "aligned"):
		c.unsupported(s.Name, def, errors.New("packed along with aligned is not supported"))
		return
	case c.packs(s.Pos):
		c.unsupported(s.Name, def, errors.New("#pragma pack is not supported"))
		return
	}
	for l := def.StructDeclarationList; l != nil; l = l.StructDeclarationList {
		fields, err := c.fields(t, s, l.StructDeclaration)
		if err != nil {
			c.unsupported(s.Name, l.StructDeclaration, err)
			return
		}
		for _, f := range fields {
			if n := len(s.Fields); n > 0 && s.Fields[n-1].Offset >= f.Offset { // a compiler refuses it
				c.unsupported(s.Name, l.StructDeclaration, errors.New("a field without a size is not supported"))
				return
			}
			s.Fields = append(s.Fields, f)
		}
	}
	if s.Packed {
		s.Size = c.packed
	}
	c.api.Structs = append(c.api.Structs, s)
}

// isPacked reports whether the fields of t have no gaps between them.
func isPacked(t *cc.StructType) bool {
	attrs := t.Attributes()
	return attrs != nil && (attrs.IsAttrSet("packed") || attrs.IsAttrSet("__packed__"))
}

// fields returns the fields that one line of the definition of t declares.
func (c *converter) fields(t *cc.StructType, s *model.Struct, d *cc.StructDeclaration) ([]model.Field, error) {
	var list []model.Field
	if d.AttributeSpecifierList != nil {
		return nil, errUnsupported(d) // it may move what it is said of
	}
	for l := d.StructDeclaratorList; l != nil; l = l.StructDeclaratorList {
		decl := l.StructDeclarator.Declarator
		if decl == nil || l.StructDeclarator.Case == cc.StructDeclaratorBitField {
			return nil, fmt.Errorf("bit-field %w", errUnsupported(l.StructDeclarator))
		}
		of := t.FieldByName(decl.Name())
		field, err := c.field(of, decl, memberQualifiers(d.SpecifierQualifierList))
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", decl.Name(), err)
		}
		if attrs := of.Type().Attributes(); attrs != nil && (attrs.Aligned() > 0 || attrs.IsAttrSet("packed") || attrs.IsAttrSet("__packed__")) {
			return nil, errUnsupported(d)
		}
		if holdsPacked(of.Type()) { // the parser takes it for larger than it is
			return nil, errUnsupported(d)
		}
		if s.Packed { // the parser leaves gaps all the same
			field.Offset = c.packed
			c.packed += int(of.Type().Size())
		}
		list = append(list, field)
	}
	if list == nil {
		return nil, errUnsupported(d) // members without a name
	}
	return list, nil
}

// holdsPacked reports whether t is a packed struct, or an array of them.
func holdsPacked(t cc.Type) bool {
	for {
		a, ok := t.(*cc.ArrayType)
		if !ok {
			break
		}
		t = a.Elem()
	}
	st, ok := t.(*cc.StructType)
	return ok && isPacked(st)
}

func (c *converter) field(f *cc.Field, d *cc.Declarator, qualified specifier) (model.Field, error) {
	field := model.Field{Name: f.Name(), Offset: int(f.Offset())}
	t := f.Type()
	if a, ok := t.(*cc.ArrayType); ok && a.Len() > 0 {
		field.Array, t = int(a.Len()), a.Elem()
	}
	// The stars of the declarator apply to the specifier.
	for p := d.Pointer; p != nil; p = p.Pointer {
		pointer, ok := t.(*cc.PointerType)
		if !ok {
			return field, errUnsupported(d)
		}
		t = pointer.Elem()
	}
	var err error
	qualified.typ = t
	field.Type, err = c.typeOf(qualified, d.Pointer)
	return field, err
}

// memberQualifiers returns the qualifiers of a member's declaration, which the
// parser's types do not keep.
func memberQualifiers(s *cc.SpecifierQualifierList) (spec specifier) {
	for ; s != nil; s = s.SpecifierQualifierList {
		spec.qualify(s.TypeQualifier)
		if t := s.TypeSpecifier; t != nil && t.Case == cc.TypeSpecifierAtomic {
			spec.err = errUnsupported(t)
		}
	}
	return spec
}

func tagOf(t *cc.StructType) string {
	tag := t.Tag()
	return tag.SrcStr()
}
