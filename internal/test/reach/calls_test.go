package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

// TestCounts expects each call to reach the library and to be counted, and only
// successful ones to be counted as such.
func TestCounts(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) string {
		require.NoError(t, os.MkdirAll(filepath.Dir(path(name)), 0o777))
		require.NoError(t, os.WriteFile(path(name), []byte(text), 0o666))
		return path(name)
	}
	api, err := librados.Parse(write("rados/librados.h", declarations))
	require.NoError(t, err)
	tests := &tests{dir: dir, work: dir, header: "rados/librados.h", funcs: api.Funcs}
	text, err := tests.render()
	require.NoError(t, err)

	cc := func(args ...string) {
		t.Helper()
		require.NoError(t, output(exec.Command("cc", append([]string{"-Wall", "-Werror", "-fPIC", "-I" + dir}, args...)...)))
	}
	cc("-shared", "-o", path("librados.so"), write("library.c", library))
	cc("-c", "-o", path("calls.o"), write("calls.c", string(text)))
	cc("-o", tests.binary(), write("program.c", program), "-L"+dir, "-Wl,-rpath,"+dir, "-lrados", path("calls.o"))

	counts, err := tests.run()
	require.NoError(t, err)
	assert.Equal(t, map[string]count{
		"rados_a": {3, 1}, "rados_b": {1, 1}, "rados_c": {2, 1}, "rados_d": {1, 1}, "rados_e": {},
	}, counts)

	again, err := tests.run()
	require.NoError(t, err)
	assert.Equal(t, counts, again, "each run starts at zero")
	out, err := exec.Command(tests.binary()).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "cannot count calls: "+countsVariable)
}
