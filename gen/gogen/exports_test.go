package gogen_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/gogen"
	"github.com/go-rados/go-rados/gen/internal/gentest"
)

func TestExports(t *testing.T) {
	p := gentest.Plan(t, gentest.Load(t, "base"))
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("rados", 0o777))
	write(t, "rados/op.go", "package rados\n\nfunc (e Fault) Error() string { return string(e) }\nfunc (hidden) Method() {}\nfunc hide() {}\nfunc Bare() {}")
	write(t, "rados/op_test.go", "package rados\n\nfunc TestOf() {}")
	write(t, "rados/zz_generated.go", "package rados\n\nfunc Old() {}")
	code := "package rados\n\nfunc (c *Conn) Do(a, b int, _ string) error { return nil }\nfunc (c *Conn) do() {}"
	list, err := gogen.Exports(p, ".", []byte(code))
	require.NoError(t, err)
	assert.Contains(t, string(list), `func init() {
	add("rados", []Function{
		{"Bare", rados.Bare, []string{}},
		{"Conn.Do", (*rados.Conn).Do, []string{"a", "b", "_"}},
		{"Fault.Error", rados.Fault.Error, []string{}},
	})
}
`)

	write(t, "rados/op.go", "package rados\n\nfunc (\n")
	_, err = gogen.Exports(p, ".", []byte(code))
	assert.ErrorContains(t, err, "rados/op.go:3:")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}
