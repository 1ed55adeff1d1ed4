// Package ctype knows the C types of numbers, and the names that C code cannot use.
package ctype

import "strings"

// Number is a C type of number that an argument can have.
type Number struct {
	Go    string // the Go type that holds its values
	Cgo   string // its name in cgo
	Wider bool   // the Go type is wider than the C type
	Min   string // the least value, in C, if it is wider
	Max   string // the greatest
}

var numbers = map[string]Number{
	"int":          {"int", "int", true, "INT_MIN", "INT_MAX"},
	"unsigned int": {"uint", "uint", true, "0", "UINT_MAX"},
	"enum":         {"int", "int", true, "0", "INT_MAX"},
	"int8_t":       {"int8", "int8_t", false, "", ""},
	"int16_t":      {"int16", "int16_t", false, "", ""},
	"int32_t":      {"int32", "int32_t", false, "", ""},
	"int64_t":      {"int64", "int64_t", false, "", ""},
	"uint8_t":      {"uint8", "uint8_t", false, "", ""},
	"uint16_t":     {"uint16", "uint16_t", false, "", ""},
	"uint32_t":     {"uint32", "uint32_t", false, "", ""},
	"uint64_t":     {"uint64", "uint64_t", false, "", ""},
	"ssize_t":      {"int64", "ssize_t", false, "", ""},
	"size_t":       {"uint64", "size_t", false, "", ""},
	"off_t":        {"int64", "off_t", false, "", ""},
	"mode_t":       {"uint32", "mode_t", false, "", ""},
	"uid_t":        {"uint32", "uid_t", false, "", ""},
	"gid_t":        {"uint32", "gid_t", false, "", ""},
	"dev_t":        {"uint64", "dev_t", false, "", ""},

	"signed char":        {"int8", "schar", false, "", ""},
	"unsigned char":      {"uint8", "uchar", false, "", ""},
	"short":              {"int16", "short", false, "", ""},
	"unsigned short":     {"uint16", "ushort", false, "", ""},
	"long":               {"int64", "long", false, "", ""},
	"unsigned long":      {"uint64", "ulong", false, "", ""},
	"long long":          {"int64", "longlong", false, "", ""},
	"unsigned long long": {"uint64", "ulonglong", false, "", ""},
	"float":              {"float32", "float", false, "", ""},
	"double":             {"float64", "double", false, "", ""},
	"_Bool":              {"bool", "_Bool", false, "", ""},
}

// NumberOf returns the number that a C type without typedefs is; ok is false for any other type. A
// plain char is none: it has a sign on one machine and not on another.
func NumberOf(basic string) (n Number, ok bool) {
	if IsEnum(basic) {
		basic = "enum"
	}
	n, ok = numbers[basic]
	return n, ok
}

// IsEnum reports whether a C type is an enum, whose name is that of a typedef if it has no tag.
func IsEnum(basic string) bool { return basic == "enum" || strings.HasPrefix(basic, "enum ") }

// Zero returns the zero of the number in Go.
func (n Number) Zero() any {
	if n.Go == "bool" {
		return false
	}
	return 0
}

// IsInteger reports whether a C type is an integer that may count something. An enum
// does not.
func IsInteger(basic string) bool {
	bits, _ := IntSize(basic)
	return bits > 1
}

// IsNumber reports whether a C type is an integer of any kind, or a floating point number.
func IsNumber(basic string) bool {
	bits, _ := IntSize(basic)
	return bits > 0 || IsEnum(basic) || basic == "float" || basic == "double"
}

// IntSize returns the number of bits of an integer type on 64-bit Linux; 0 for any
// other type.
func IntSize(basic string) (bits int, unsigned bool) {
	switch basic {
	case "_Bool":
		return 1, true
	case "char", "signed char", "int8_t":
		return 8, false
	case "unsigned char", "uint8_t", "__u8":
		return 8, true
	case "short", "int16_t":
		return 16, false
	case "unsigned short", "uint16_t", "__u16":
		return 16, true
	case "int", "int32_t", "pid_t":
		return 32, false
	case "unsigned int", "unsigned", "uint32_t", "__u32", "mode_t", "uid_t", "gid_t":
		return 32, true
	case "long", "long long", "int64_t", "ssize_t", "intptr_t", "intmax_t", "ptrdiff_t", "off_t", "loff_t", "time_t", "suseconds_t":
		return 64, false
	case "unsigned long", "unsigned long long", "uint64_t", "size_t", "uintptr_t", "uintmax_t", "__u64", "dev_t", "ino_t":
		return 64, true
	}
	return 0, false
}
