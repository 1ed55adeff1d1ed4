package gentest

import (
	"bytes"
	"cmp"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/cgen"
	"github.com/go-rados/go-rados/gen/gogen"
	"github.com/go-rados/go-rados/gen/ir"
)

// Code is the code that a plan becomes.
type Code struct {
	Go, Header, Shims, Drift string
	c                        map[string]string // the text of each C file
}

// Render renders p.
func Render(t testing.TB, p *ir.Plan) Code {
	t.Helper()
	code, err := gogen.Render(p)
	require.NoError(t, err)
	files, err := cgen.Render(p, filepath.Join(Root, "templates"))
	require.NoError(t, err)
	runtime, err := gogen.Runtime(p, Root, code)
	require.NoError(t, err)
	c := map[string]string{gogen.RuntimeFile: string(runtime)}
	for _, f := range files {
		c[filepath.Base(f.Path)] = string(f.Data)
	}
	return Code{Go: string(code), Header: c[cgen.HeaderFile], Shims: c[cgen.ShimsFile], Drift: c[cgen.DriftFile], c: c}
}

// Files returns the code by the names of the files.
func (c Code) Files() map[string]string {
	files := map[string]string{gogen.File: c.Go}
	maps.Copy(files, c.c)
	return files
}

// Shim returns the C function of that name.
func (c Code) Shim(t testing.TB, name string) string {
	t.Helper()
	return function(t, c.Shims, name)
}

// Callback returns the C function that is called back, of the C type of that name.
func (c Code) Callback(t testing.TB, name string) string {
	t.Helper()
	return function(t, c.c[cgen.CallbacksFile], "gorados_on_"+name)
}

// function cuts the C function of that name out of text.
func function(t testing.TB, text, name string) string {
	t.Helper()
	at := strings.Index(text, " "+name+"(")
	require.Positive(t, at, "the C function %s", name)
	from := strings.LastIndex(text[:at], "\n") + 1
	length := strings.Index(text[from:], "\n}\n")
	require.Positive(t, length)
	return text[from:from+length] + "\n}\n\n"
}

// CompileAllC checks all C files of the package below dir, and each header alone, against librados.h
// of an include folder.
func CompileAllC(t testing.TB, dir, include string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "rados", "zz_*.[ch]"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		CompileC(t, path, include, "-Wpedantic")
	}
}

// CompileC checks generated C against librados.h of an include folder.
func CompileC(t testing.TB, path, include string, flags ...string) {
	t.Helper()
	out, err := TryCompileC(t, path, include, flags...)
	require.NoError(t, err, "%s", out)
}

// TryCompileC is CompileC that returns the compiler's messages and its error.
func TryCompileC(t testing.TB, path, include string, flags ...string) (string, error) {
	t.Helper()
	cc, err := exec.LookPath(cmp.Or(os.Getenv("CC"), "cc"))
	if err != nil {
		t.Skip("there is no C compiler: ", err)
	}
	flags = append(flags, "-fsyntax-only", "-x", "c", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function",
		"-Wno-deprecated-declarations", "-I"+include, path)
	cmd := exec.Command(cc, flags...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	return out.String(), err
}
