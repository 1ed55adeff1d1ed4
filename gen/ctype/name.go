package ctype

import (
	"regexp"
	"slices"
	"strings"
)

// shimNames are what the C functions below the methods call their own things, and what they
// use of C: a parameter that is called so in the header has another name there.
var shimNames = strings.Fields(`
	acquired attempt call event found in iter outcome own pairs refs replacement ret self shard step text texts
	calloc free malloc memchr memcpy memset realloc strlen strnlen
	dev_t gid_t int16_t int32_t int64_t int8_t intptr_t mode_t off_t ptrdiff_t size_t ssize_t suseconds_t time_t uid_t uint16_t uint32_t uint64_t uint8_t uintptr_t
`)

// keywords are those of any C there is, so that the generated file can be compiled as each.
var keywords = strings.Fields(`
	alignas alignof asm auto bool break case char const constexpr continue default do double else enum extern false float for goto if inline
	int long nullptr register restrict return short signed sizeof static static_assert struct switch thread_local true typedef typeof
	typeof_unqual union unsigned void volatile while
`)

// IsMacro reports whether the headers that the shims need may have a macro of that name, or
// C a keyword.
func IsMacro(name string) bool { return macroRE.MatchString(name) || slices.Contains(keywords, name) }

var macroRE = regexp.MustCompile(`^(errno|stdin|stdout|stderr|offsetof|E[A-Z0-9]+|[A-Z0-9_]*_(MAX|MIN|C)|NULL)$`)

// IsReserved reports whether the generated C functions use that name themselves.
func IsReserved(name string) bool {
	return slices.Contains(shimNames, name) || IsMacro(name) || isCounter(name) ||
		strings.HasPrefix(name, "gorados_") || strings.HasPrefix(name, "GORADOS_") || strings.HasPrefix(name, "_")
}

// isCounter reports whether a loop of those functions may count with that name: "i", or "ii" in another one.
func isCounter(name string) bool { return name != "" && strings.Trim(name, "i") == "" }

// MissingCode returns the code by which a C function reports that the library lacks a function.
func MissingCode(function string) string { return "GORADOS_MISSING_" + strings.ToUpper(function) }

// StepCode returns the number under which Go records the step that a C function adds.
func StepCode(shim string) string { return strings.ToUpper(shim) }

// OwnStruct returns the name under which the generated C declares a struct of the library, which an older
// header may declare with fewer fields.
func OwnStruct(name string) string { return "struct gorados_" + strings.TrimPrefix(name, "struct ") }

// IsSystemStruct reports whether the headers of the system that the generated C includes define a struct.
func IsSystemStruct(name string) bool {
	return slices.Contains([]string{"struct timespec", "struct timeval", "struct iovec", "struct sockaddr_storage"}, name)
}
