package check_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/role"
)

// TestBad plans the inputs of testdata/bad, each of which breaks the rule that its file is named
// after. input.h and s.yaml are added to those of the golden base. older.h is what the older
// release declares, if that differs. ROLES in want.txt is the list of all roles.
func TestBad(t *testing.T) {
	roles := strings.Join(role.Names(), ", ")
	for _, bad := range gentest.BadInputs(t, "input.h", "older.h", "s.yaml") {
		t.Run(bad.Name, func(t *testing.T) {
			input := gentest.Input{Name: "s", Header: bad.Files["input.h"], Older: bad.Files["input.h"], Spec: bad.Files["s.yaml"]}
			if older, ok := bad.Files["older.h"]; ok {
				input.Older = older
			}
			_, err := gentest.Build(t, gentest.Load(t, "base"), input)
			require.Error(t, err)
			bad.Compare(t, errors.New(strings.ReplaceAll(err.Error(), roles, "ROLES")))
		})
	}
}

// TestBadNames has parameters that are called as something in Go, which only the spec can
// call otherwise: D5.
func TestBadNames(t *testing.T) {
	for _, name := range []string{"C", "ret", "len", "err", "asError", "errors", "ErrClosed"} {
		t.Run(name, func(t *testing.T) {
			header := "int rados_a(rados_t cluster, int " + name + ");"
			assert.EqualError(t, gentest.BuildFunction(t, header, "{go: Conn.A, doc: A does.}"),
				"s.yaml:2:3: Conn.A: something else is called "+name+" already; say another name")
			assert.ErrorContains(t, gentest.BuildFunction(t, header, "{go: Conn.A, args: {"+name+": other}, doc: A does.}"),
				"something else is called other already")
			assert.NoError(t, gentest.BuildFunction(t, header, "{go: Conn.A, args: {"+name+": number}, doc: A does.}"))
		})
	}
}

// TestMissingError has a role that refuses arguments with an error which the spec does not have.
func TestMissingError(t *testing.T) {
	base := gentest.Load(t, "base")
	base.Spec = strings.Replace(base.Spec, "ErrUnsafeArgument", "ErrOther", 2)
	_, err := gentest.Build(t, base, gentest.Load(t, "argv"), gentest.Load(t, "env"))
	assert.ErrorContains(t, err, "argv: no error is called ErrUnsafeArgument")
	assert.ErrorContains(t, err, "env: no error is called ErrUnsafeArgument")
}

// TestBuffersFree has a function for the library's memory that takes something else, and one that
// the older release lacks.
func TestBuffersFree(t *testing.T) {
	for name, change := range map[string]func(base *gentest.Input){
		"takes something else": func(base *gentest.Input) {
			base.Header = strings.Replace(base.Header, "void rados_give_back(char *buf);", "void rados_give_back(void *buf);", 1)
			base.Older = base.Header
		},
		"missing": func(base *gentest.Input) {
			base.Older = strings.Replace(base.Older, "void rados_give_back(char *buf);\n", "", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			base := gentest.Load(t, "base")
			change(&base)
			_, err := gentest.Build(t, base)
			assert.ErrorContains(t, err, "base.yaml:9:3: buffers can't be freed with rados_give_back: every release must have it, and it must take just a char *")
		})
	}
}
