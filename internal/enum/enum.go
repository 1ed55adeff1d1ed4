// Package enum formats values of types that have named constants.
package enum

import "strconv"

// Name is a constant of a type.
type Name struct {
	Value uint64
	Name  string
}

// Format returns the name of v among names, or its number, as in "Color(7)" for a value of
// the type Color, if it has none.
func Format(typ string, v int64, names ...Name) string {
	for _, n := range names {
		if n.Value == uint64(v) {
			return n.Name
		}
	}
	return typ + "(" + strconv.FormatInt(v, 10) + ")"
}

// FormatFlags returns the names of the flags in v in the order of names, joined by "|". Bits
// without a name follow, in hexadecimal. Without any bit, it returns the name of 0, or "0".
func FormatFlags(v uint64, names ...Name) string {
	var text []byte
	rest := v
	for _, n := range names {
		if n.Value == v {
			return n.Name
		}
		if n.Value != 0 && rest&n.Value == n.Value {
			text = append(append(text, n.Name...), '|')
			rest &^= n.Value
		}
	}
	if rest == 0 && v != 0 {
		return string(text[:len(text)-1])
	}
	if v == 0 {
		return "0"
	}
	return string(strconv.AppendUint(append(text, "0x"...), rest, 16))
}
