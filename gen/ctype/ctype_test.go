package ctype_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/ctype"
)

// integers are the C types of integers that a header may use.
var integers = strings.Split("char,signed char,unsigned char,_Bool,short,unsigned short,int,unsigned int,unsigned,"+
	"long,unsigned long,long long,unsigned long long,"+
	"int8_t,int16_t,int32_t,int64_t,uint8_t,uint16_t,uint32_t,uint64_t,intptr_t,uintptr_t,intmax_t,uintmax_t,"+
	"size_t,ssize_t,ptrdiff_t,off_t,loff_t,time_t,suseconds_t,mode_t,uid_t,gid_t,pid_t,dev_t,ino_t,__u8,__u16,__u32,__u64", ",")

// TestIntSize compares the sizes and signs with those of the C compiler. A _Bool has one bit, and
// whether a char has a sign depends on the machine.
func TestIntSize(t *testing.T) {
	var b strings.Builder
	b.WriteString("#define _GNU_SOURCE\n#include <stddef.h>\n#include <stdint.h>\n#include <sys/types.h>\n#include <time.h>\n#include <linux/types.h>\n")
	for _, typ := range integers {
		bits, unsigned := ctype.IntSize(typ)
		require.NotZero(t, bits, typ)
		if typ == "_Bool" {
			assert.Equal(t, 1, bits)
			continue
		}
		fmt.Fprintf(&b, "_Static_assert(8 * sizeof(%s) == %d, \"the size of %[1]s\");\n", typ, bits)
		if typ != "char" {
			fmt.Fprintf(&b, "_Static_assert(((%s)-1 > 0) == %t, \"the sign of %[1]s\");\n", typ, unsigned)
		}
	}
	path := filepath.Join(t.TempDir(), "sizes.c")
	text := strings.NewReplacer("== true", "== 1", "== false", "== 0").Replace(b.String())
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	out, err := exec.Command("cc", "-std=gnu11", "-fsyntax-only", path).CombinedOutput()
	assert.NoError(t, err, "%s", out)
}

// TestNumberOf expects a Go type that holds all values: of the same size, or wider with the limits
// of C.
func TestNumberOf(t *testing.T) {
	sizes := map[string]int{
		"bool": 1, "int": 64, "int8": 8, "int16": 16, "int32": 32, "int64": 64, "uint": 64, "uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64,
	}
	known := 0
	for _, typ := range append(integers, "enum") {
		n, ok := ctype.NumberOf(typ)
		if !ok {
			continue
		}
		known++
		bits, unsigned := ctype.IntSize(typ)
		assert.Equal(t, typ != "enum" && bits < sizes[n.Go], typ != "enum" && n.Wider, typ)
		assert.Equal(t, unsigned, strings.HasPrefix(n.Go, "uint") || n.Go == "bool", typ)
		assert.Equal(t, n.Wider, n.Min != "" && n.Max != "", typ)
		assert.True(t, ctype.IsNumber(typ), typ)
	}
	assert.Equal(t, 27, known)
	for typ, want := range map[string]string{"float": "float32", "double": "float64", "enum kind": "int"} {
		n, ok := ctype.NumberOf(typ)
		assert.True(t, ok, typ)
		assert.Equal(t, want, n.Go, typ)
	}
	for _, typ := range []string{"void", "char", "long double", "struct timespec", ""} {
		_, ok := ctype.NumberOf(typ)
		assert.False(t, ok, typ)
	}
}

// TestIsInteger has the types that are numbers but count nothing, and those that are neither.
func TestIsInteger(t *testing.T) {
	for typ, want := range map[string]struct{ number, integer bool }{
		"int":        {true, true},
		"char":       {true, true},
		"size_t":     {true, true},
		"_Bool":      {true, false},
		"enum":       {true, false},
		"enum kind":  {true, false},
		"double":     {true, false},
		"float":      {true, false},
		"void":       {false, false},
		"struct int": {false, false},
		"enumerate":  {false, false},
	} {
		assert.Equal(t, want.number, ctype.IsNumber(typ), typ)
		assert.Equal(t, want.integer, ctype.IsInteger(typ), typ)
	}
}

// TestIsReserved has names of each kind that a parameter cannot have in C, and names like them.
func TestIsReserved(t *testing.T) {
	for name, want := range map[string]struct{ macro, reserved bool }{
		"errno":         {true, true},
		"EINVAL":        {true, true},
		"INT_MAX":       {true, true},
		"NULL":          {true, true},
		"register":      {true, true},
		"thread_local":  {true, true},
		"ret":           {false, true},
		"memcpy":        {false, true},
		"uint64_t":      {false, true},
		"gorados_read":  {false, true},
		"GORADOS_CLOSE": {false, true},
		"_io":           {false, true},
		"oid":           {false, false},
		"error":         {false, false},
		"E":             {false, false},
		"max":           {false, false},
		"registered":    {false, false},
		"goradosRead":   {false, false},
		"ret_":          {false, false},
	} {
		assert.Equal(t, want.macro, ctype.IsMacro(name), name)
		assert.Equal(t, want.reserved, ctype.IsReserved(name), name)
	}
}

// TestCodes expects names in the style of C constants.
func TestCodes(t *testing.T) {
	assert.Equal(t, "GORADOS_MISSING_RADOS_STAT2", ctype.MissingCode("rados_stat2"))
	assert.Equal(t, "GORADOS_RADOS_WRITE_OP_REMOVE", ctype.StepCode("gorados_rados_write_op_remove"))
}
