package header

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"modernc.org/cc/v4"

	"github.com/go-rados/go-rados/gen/model"
)

// isConstName reports whether a name is a constant of the API, not a header guard
// or an internal macro.
func (l Library) isConstName(name string) bool {
	return slices.ContainsFunc(l.Consts, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
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
		switch name := m.Name.SrcStr(); {
		case inSystem(m):
		case m.IsFnLike:
			c.leaveOut(name, m.Name, "it is a macro with parameters")
		case len(m.ReplacementList()) == 0:
			c.leaveOut(name, m.Name, "it is a macro without a value")
		default:
			c.constant(m.Name, m.Value(), false)
		}
	}
}

func (c *converter) constant(name cc.Token, v cc.Value, enum bool) {
	value, ok := spellValue(v)
	switch {
	case !c.isConstName(name.SrcStr()):
		c.leaveOut(name.SrcStr(), name, "its name does not begin like that of a constant")
	case !ok:
		c.leaveOut(name.SrcStr(), name, "its value is neither an integer nor a text")
	default:
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
