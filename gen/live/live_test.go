package live

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/header"
)

// A library of one function for each kind of result, and a program that uses it.
const (
	declarations = `#include <stdint.h>
#include <time.h>
typedef void *rados_t;
typedef void (*rados_callback_t)(rados_t cluster, void *arg);
int rados_a(rados_t cluster, const char *name, int next);
void rados_b(struct timespec *counts);
char *rados_c(const char *const *names);
uint64_t rados_d(void);
int rados_e(rados_callback_t end);
`
	library = `#include <rados/librados.h>
#include <stddef.h>
int rados_a(rados_t cluster, const char *name, int next) { return name[0] == 'x' ? -next : next; }
void rados_b(struct timespec *counts) { counts->tv_sec = 7; }
char *rados_c(const char *const *names) { return (char *)names[0]; }
uint64_t rados_d(void) { return UINT64_MAX; }
int rados_e(rados_callback_t end) { end(NULL, NULL); return 0; }
`
	program = `#include <rados/librados.h>
#include <stddef.h>
#include <unistd.h>
int main(void) {
	struct timespec t = {0};
	const char *names[] = {NULL, "x"};
	int sum = rados_a(NULL, "y", 3) + rados_a(NULL, "x", 2) + rados_a(NULL, "x", 1);
	rados_b(&t);
	rados_c(names);
	sum += rados_c(names + 1)[0] == 'x';
	sum += rados_d() == UINT64_MAX;
	_exit(sum != 2 || t.tv_sec != 7);
}
`
)

// TestCounts: each call reaches the library and is counted, and what fails is not
// counted as done.
func TestCounts(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) string {
		require.NoError(t, os.MkdirAll(filepath.Dir(path(name)), 0o777))
		require.NoError(t, os.WriteFile(path(name), []byte(text), 0o666))
		return path(name)
	}
	api, err := header.Parse(write("rados/librados.h", declarations))
	require.NoError(t, err)
	tests := &Tests{dir: dir, work: dir, release: api.Funcs}
	var text bytes.Buffer
	require.NoError(t, tests.render(&text))

	cc := func(args ...string) {
		t.Helper()
		require.NoError(t, output(exec.Command("cc", append([]string{"-Wall", "-Werror", "-fPIC", "-I" + dir}, args...)...)))
	}
	cc("-shared", "-o", path("librados.so"), write("library.c", library))
	cc("-c", "-o", path("calls.o"), write("calls.c", text.String()))
	cc("-o", tests.binary(), write("program.c", program), "-L"+dir, "-Wl,-rpath,"+dir, "-lrados", path("calls.o"))

	counts, err := tests.Run()
	require.NoError(t, err)
	assert.Equal(t, map[string]Count{
		"rados_a": {3, 1}, "rados_b": {1, 1}, "rados_c": {2, 1}, "rados_d": {1, 1}, "rados_e": {},
	}, counts)

	again, err := tests.Run()
	require.NoError(t, err)
	assert.Equal(t, counts, again, "each run begins with nothing")
	out, err := exec.Command(tests.binary()).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "nothing can be counted: "+variable)
}

func TestFacts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "facts.txt")
	facts, err := Read(path)
	require.NoError(t, err)
	assert.Empty(t, facts, "nothing is measured yet")

	facts["rados_b"] = Fact{"rados_b", "14.2", "TestB"}
	facts["rados_a"] = Fact{"rados_a", "16.2", "ExampleA"}
	text := facts.String()
	assert.True(t, strings.HasSuffix(text, "\nrados_a 16.2 ExampleA\nrados_b 14.2 TestB\n"), text)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	read, err := Read(path)
	require.NoError(t, err)
	assert.Equal(t, facts, read)

	for _, bad := range []string{"rados_a 16.2", "rados_a 16.2 TestA TestB", "rados_a 16.2 TestA\nrados_a 14.2 TestA"} {
		require.NoError(t, os.WriteFile(path, []byte(bad), 0o666))
		_, err := Read(path)
		assert.ErrorContains(t, err, path+":")
	}
}

// TestAttribute: what a test is about is told best by one that does little else.
func TestAttribute(t *testing.T) {
	done, failed := Count{1, 1}, Count{1, 0}
	assert.Equal(t, Facts{
		"rados_a": {"rados_a", "16.2", "TestA"},
		"rados_b": {"rados_b", "16.2", "TestB"},
		"rados_c": {"rados_c", "16.2", "ExampleC"},
		"rados_d": {"rados_d", "16.2", "TestAll"},
	}, Attribute("16.2", map[string]map[string]Count{
		"TestAll":  {"rados_a": done, "rados_b": done, "rados_d": done, "rados_e": failed},
		"TestA":    {"rados_a": done, "rados_d": failed},
		"TestB":    {"rados_b": done},
		"TestB2":   {"rados_b": done},
		"ExampleA": {"rados_a": done},
		"ExampleC": {"rados_a": done, "rados_c": done},
	}))
}

func TestDeclared(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a_test.go"), []byte(`package a
func TestA(t *testing.T) {
	call("func TestB(")
}
func ExampleConn_Do() {}
func helper(t *testing.T) {}
`), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.go"), []byte("func TestC(t *testing.T) {}\n"), 0o666))
	tests, err := Declared(dir)
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{"TestA": true, "ExampleConn_Do": true}, tests)
}
