package gogen_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/release"
)

// The files of a golden that runs: its C functions, and the tests of its methods.
const (
	fakeFile = "fake.c"
	runFile  = "run.go.txt"
)

// runGo is what the tests of the goldens have in common.
const runGo = `package rados

import (
	"context"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/callback"
)

var (
	_ callback.Event
	_ = netip.ParseAddr
	_ = slices.Contains[[]int]
	_ = time.Unix
)

func open(t *testing.T) *Conn {
	t.Helper()
	c, err := Open()
	require.NoError(t, err)
	require.NoError(t, c.Go())
	t.Cleanup(c.End)
	return c
}

func TestMain(m *testing.M) {
	code := m.Run()
	runtime.GC() // a Conn that a test has not closed is no leak
	if leaks() && code == 0 {
		code = 1
	}
	os.Exit(code)
}

`

// leakGo has the function that looks for memory of C that nothing refers to.
const leakGo = `package rados

// #include <sanitizer/lsan_interface.h>
import "C"

func leaks() bool { return C.__lsan_do_recoverable_leak_check() != 0 }
`

// rest defines the functions that no golden defines, so that the library has all of them.
func rest(u *release.Union) string {
	var b strings.Builder
	b.WriteString("#include <rados/librados.h>\n#include <stdlib.h>\n#pragma GCC diagnostic ignored \"-Wunused-parameter\"\n")
	for _, f := range u.Funcs {
		decl := *f.Decl
		decl.Params = slices.Clone(decl.Params)
		for i := range decl.Params {
			decl.Params[i].Name = fmt.Sprintf("p%d", i)
		}
		b.WriteString("__attribute__((weak)) " + decl.Prototype() + " { abort(); }\n")
	}
	return b.String()
}

// TestGoldensRun calls the methods of the goldens whose functions are defined in C, with the address
// sanitizer.
func TestGoldensRun(t *testing.T) {
	if testing.Short() {
		t.Skip("builds with cgo")
	}
	dir := t.TempDir()
	put := func(path, text string) {
		path = filepath.Join(dir, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	}
	// The run time needs events.
	goldens := []gentest.Input{
		gentest.Load(t, "base"), gentest.Load(t, "callback"),
	}
	sources := []string{filepath.Join(gentest.Goldens, "base", fakeFile)}
	tests := runGo
	for _, g := range gentest.LoadAll(t) {
		fake := filepath.Join(gentest.Goldens, g.Name, fakeFile)
		if _, err := os.Stat(fake); err != nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join(gentest.Goldens, g.Name, runFile))
		require.NoError(t, err)
		goldens, sources, tests = append(goldens, g), append(sources, fake), tests+string(text)
	}
	_, header := gentest.Headers(goldens)
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(gentest.Root, name))
		require.NoError(t, err)
		put(name, string(text))
	}
	for name, text := range gentest.Render(t, gentest.Plan(t, goldens...)).Files() {
		put("rados/"+name, text)
	}
	put("rados/error.go", errorGo)
	put("rados/run_test.go", tests)
	put("rados/leak.go", leakGo)
	put("include/rados/librados.h", "#include <sys/time.h>\n"+header)
	put("rest.c", rest(gentest.Union(t, goldens)))
	copyRunTime(t, dir)

	include := "-I" + filepath.Join(dir, "include")
	const sanitize = "-fsanitize=address"
	library := append([]string{"-shared", "-fPIC", "-g", "-Wall", "-Wextra", "-Werror", sanitize, include,
		"-o", filepath.Join(dir, "librados.so"), filepath.Join(dir, "rest.c")}, sources...)
	out, err := exec.Command("cc", library...).CombinedOutput()
	if err != nil && strings.Contains(string(out), "asan") {
		t.Skipf("needs the address sanitizer: %s", out)
	}
	require.NoError(t, err, "%s", out)
	// The flag -asan would build the standard library anew, and tell nothing else about C.
	cmd := exec.Command("go", "test", "-count=1", "./rados")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "CGO_ENABLED=1", "CGO_CFLAGS=-g -O1 "+sanitize+" "+include,
		"CGO_LDFLAGS="+sanitize+" -L"+dir+" -Wl,-rpath,"+dir)
	out, err = cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
