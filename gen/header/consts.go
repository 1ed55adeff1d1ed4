package header

import (
	"fmt"
	"strconv"
	"strings"

	"modernc.org/cc/v4"

	"github.com/go-rados/go-rados/gen/model"
)

// isConstName reports whether a name is a constant of the API, not a header guard
// or an internal macro.
func isConstName(name string) bool {
	return strings.HasPrefix(name, "LIBRADOS_") || strings.HasPrefix(name, "CEPH_OSD_TMAP_")
}

// enumDefinition returns the enum that d defines, or nil.
func enumDefinition(d *cc.Declaration) *cc.EnumSpecifier {
	for s := d.DeclarationSpecifiers; s != nil; s = s.DeclarationSpecifiers {
		if s.TypeSpecifier == nil || s.TypeSpecifier.Case != cc.TypeSpecifierEnum {
			continue
		}
		if def := s.TypeSpecifier.EnumSpecifier; def.Case == cc.EnumSpecifierDef {
			return def
		}
	}
	return nil
}

func (c *converter) enumerators(def *cc.EnumSpecifier) {
	for l := def.EnumeratorList; l != nil; l = l.EnumeratorList {
		c.constant(l.Enumerator.Token, l.Enumerator.Value(), true)
	}
}

// macros adds the object-like macros that have a value. The order of the map does
// not matter, since all constants are sorted afterwards.
func (c *converter) macros(macros map[string]*cc.Macro) {
	for _, m := range macros {
		if !m.IsFnLike && !inSystem(m) {
			c.constant(m.Name, m.Value(), false)
		}
	}
}

func (c *converter) constant(name cc.Token, v cc.Value, enum bool) {
	if !isConstName(name.SrcStr()) {
		return
	}
	if value, ok := spellValue(v); ok {
		c.api.Consts = append(c.api.Consts, &model.Const{
			Name: name.SrcStr(), Value: value, Enum: enum, Pos: pos(name),
		})
	}
}

func spellValue(v cc.Value) (string, bool) {
	switch v := v.(type) {
	case cc.Int64Value:
		return strconv.FormatInt(int64(v), 10), true
	case cc.UInt64Value:
		return strconv.FormatUint(uint64(v), 10), true
	case cc.StringValue:
		return quote(strings.TrimSuffix(string(v), "\x00")), true
	}
	return "", false
}

// quote returns s as a canonical C string literal.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, ch := range []byte(s) {
		switch {
		case ch == '"' || ch == '\\':
			b.WriteByte('\\')
			b.WriteByte(ch)
		case ch < ' ' || ch > '~':
			fmt.Fprintf(&b, `\%03o`, ch)
		default:
			b.WriteByte(ch)
		}
	}
	b.WriteByte('"')
	return b.String()
}
