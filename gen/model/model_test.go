package model

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPosString(t *testing.T) {
	assert.Equal(t, "-", Pos{}.String())
	assert.Equal(t, "a.h", Pos{File: "a.h"}.String())
	assert.Equal(t, "a.h:3", Pos{File: "a.h", Line: 3}.String())
	assert.Equal(t, "a.h:3:5", Pos{File: "a.h", Line: 3, Col: 5}.String())
}

func TestType(t *testing.T) {
	for _, c := range []struct {
		typ                   Type
		spelled, declared     string
		isPointer, isVoid, is bool // is a char with one star
	}{
		{Type{Base: "void"}, "void", "void x", false, true, false},
		{Type{Base: "void", Stars: []bool{false}}, "void *", "void *x", true, false, false},
		{Type{Base: "char", Const: true, Stars: []bool{false}}, "const char *", "const char *x", true, false, true},
		{Type{Base: "char", Stars: []bool{true}}, "char *const", "char *const x", true, false, true},
		{Type{Base: "char", Const: true, Stars: []bool{true, false}}, "const char *const *", "const char *const *x", true, false, false},
		{Type{Base: "uint64_t", Volatile: true, Stars: []bool{false}}, "volatile uint64_t *", "volatile uint64_t *x", true, false, false},
		{Type{Base: "struct timespec", Const: true, Volatile: true}, "const volatile struct timespec", "const volatile struct timespec x", false, false, false},
	} {
		t.Run(c.spelled, func(t *testing.T) {
			assert.Equal(t, c.spelled, c.typ.String())
			assert.Equal(t, c.declared, c.typ.Declare("x"))
			assert.Equal(t, c.isPointer, c.typ.IsPointer())
			assert.Equal(t, c.isVoid, c.typ.IsVoid())
			assert.Equal(t, c.is, c.typ.Is("char", 1))
		})
	}
	twice := Type{Base: "char", Stars: []bool{true, false}}
	assert.Equal(t, "char *const", twice.Elem().String())
	assert.Equal(t, "char *const *", twice.String(), "Elem leaves it as it is")
}

func TestPrototype(t *testing.T) {
	star := []bool{false}
	f := &Func{Name: "f", Result: Type{Base: "int"}}
	assert.Equal(t, "int f(void)", f.Prototype())
	f = &Func{Name: "f", Result: Type{Base: "char", Stars: star}, Params: []Param{
		{Name: "oid", Type: Type{Base: "char", Const: true, Stars: star}},
		{Type: Type{Base: "size_t"}},
		{Name: "id", Type: Type{Base: "uint8_t", Stars: star}, Dims: []int{16}},
		{Name: "names", Type: Type{Base: "char", Stars: []bool{false, false}}, Dims: []int{0, 4}},
	}}
	assert.Equal(t, "char *f(const char *oid, size_t, uint8_t id[16], char *names[][4])", f.Prototype())
	assert.Equal(t, "uint8_t id[16]", f.Param("id").Declare())
	assert.Nil(t, f.Param("other"))

	c := &Callback{Name: "c", Result: Type{Base: "void"}, Params: []Param{{Name: "arg", Type: Type{Base: "void", Stars: star}}}}
	assert.Equal(t, "void (*)(void *arg)", c.Signature())
	assert.Equal(t, f, (&API{Funcs: []*Func{{Name: "e"}, f}}).Func("f"))
	assert.Nil(t, (&API{}).Func("f"))
}
