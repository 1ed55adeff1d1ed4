package header_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/header"
	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

// TestGolden parses each header of testdata and compares the snapshot.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.h")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".h")
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(path)
			require.NoError(t, err)
			api, err := gentest.Header.ParseSource(name+".h", src)
			require.NoError(t, err)
			gentest.Compare(t, strings.TrimSuffix(path, ".h")+".txt", snapshot(t, api))
		})
	}
}

// TestBad parses the headers of testdata/bad, each of which has what its file is named after.
func TestBad(t *testing.T) {
	for _, bad := range gentest.BadInputs(t, "input.h") {
		t.Run(bad.Name, func(t *testing.T) {
			_, err := gentest.Header.ParseSource("input.h", []byte(bad.Files["input.h"]))
			bad.Compare(t, err)
		})
	}
}

// TestHostile parses the headers of testdata/hostile, each of which has one construct that the model
// cannot express, or need not. It expects the declarations of the rest, and the position and reason of
// each omission.
func TestHostile(t *testing.T) {
	for _, in := range gentest.Archives(t, "testdata/hostile", "input.h") {
		t.Run(in.Name, func(t *testing.T) {
			api, err := gentest.Header.ParseSource("input.h", []byte(in.Files["input.h"]))
			require.NoError(t, err)
			var b strings.Builder
			for _, list := range [][]*model.Omission{api.LeftOut, api.Unsupported} {
				for _, o := range list {
					fmt.Fprintf(&b, "%v: %s: %s\n", o.Pos, o.Name, o.Reason)
				}
			}
			api.LeftOut, api.Unsupported = nil, nil
			in.CompareText(t, b.String()+snapshot(t, api))
		})
	}
}

// snapshot returns the snapshot of api without its head.
func snapshot(t *testing.T, api *model.API) string {
	t.Helper()
	var b bytes.Buffer
	api.Release = "0"
	require.NoError(t, release.Write(&b, api))
	return strings.SplitAfterN(b.String(), "\n", 3)[2]
}

// TestSpelling parses pairs of equivalent headers.
func TestSpelling(t *testing.T) {
	for name, pair := range map[string][2]string{
		"a tag besides the typedef": {
			"typedef struct rados_item { int n; } rados_item; int rados_f(struct rados_item *i);",
			"typedef struct { int n; } rados_item; int rados_f(rados_item *i);",
		},
		"a tag of an enum": {
			"typedef enum rados_e { LIBRADOS_A } rados_e_t;",
			"typedef enum { LIBRADOS_A = 0 } rados_e_t;",
		},
		"a value": {
			"#define LIBRADOS_FLAG 0x1\n",
			"#define LIBRADOS_FLAG (1u<<0)\n",
		},
		"a type": {
			"long rados_f(char const * n, unsigned m);",
			"long int rados_f(const char *n, unsigned int m);",
		},
		"the order": {
			"int rados_a(void); typedef void *rados_t; int rados_b(void);",
			"typedef void *rados_t; int rados_b(void); int rados_a(void);",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := gentest.Header.ParseSource("a.h", []byte(pair[0]))
			require.NoError(t, err)
			b, err := gentest.Header.ParseSource("b.h", []byte(pair[1]))
			require.NoError(t, err)
			assert.Equal(t, snapshot(t, a), snapshot(t, b))
		})
	}
}

func TestParse(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "librados.h")
	types := filepath.Join(dir, "rados_types.h")
	write(t, path, "#include <string.h>\n#include \"rados_types.h\"\nint rados_list(struct obj_watch_t *w, size_t n);\n")
	write(t, types, "#define LIBRADOS_ALL \"\\001\"\n\n  struct obj_watch_t { int id; };\n")

	api, err := gentest.Header.Parse(path)
	require.NoError(t, err)
	require.Len(t, api.Funcs, 1)
	assert.Equal(t, model.Pos{File: path, Line: 3, Col: 5}, api.Funcs[0].Pos)
	require.Len(t, api.Structs, 1)
	assert.Equal(t, model.Pos{File: types, Line: 3, Col: 3}, api.Structs[0].Pos)
	require.Len(t, api.Consts, 1)
	assert.Equal(t, model.Pos{File: types, Line: 1, Col: 9}, api.Consts[0].Pos)
	assert.Empty(t, api.Typedefs, "size_t is not of this header")
}

// TestParseIsHermetic includes a file that exists in another directory.
func TestParseIsHermetic(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "inner")
	require.NoError(t, os.Mkdir(inner, 0o777))
	path := filepath.Join(inner, "librados.h")
	write(t, filepath.Join(dir, "outside.h"), "")
	write(t, path, "#include \"../outside.h\"\nint rados_a(void);\n")

	api, err := gentest.Header.Parse(path)
	require.NoError(t, err)
	assert.Equal(t, []*model.Omission{{
		Name: "include ../outside.h", Reason: "include file not found: \"../outside.h\"", Pos: model.Pos{File: path, Line: 1, Col: 10},
	}}, api.Unsupported)
}

// TestParseIncludes has a header that includes one of another folder, which declares more than the
// first one uses.
func TestParseIncludes(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "above", "above.h")
	for _, folder := range []string{"above", "below"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, folder), 0o777))
	}
	write(t, filepath.Join(dir, "below", "below.h"), `#define BELOW_LIMIT 3
typedef void *below_t;
typedef int below_size_t;
typedef void (*below_done_t)(below_size_t n);
struct below_item { int n; };
int below_open(below_t *b);
`)
	write(t, path, `#include "../below/below.h"
#define ABOVE_LIMIT 4
typedef void *above_t;
int above_open(below_t b, above_t *a);
int above_wait(above_t a, below_done_t done);
`)
	above := header.Library{Functions: "above_", Consts: []string{"ABOVE_", "BELOW_"}}
	_, err := above.Parse(path)
	assert.ErrorContains(t, err, "declares no function", "they use types of the other folder")

	above.Includes = []string{"below"}
	api, err := above.Parse(path)
	require.NoError(t, err)
	assert.Empty(t, api.Unsupported)
	assert.Equal(t, `callback below_done_t = void (*)(below_size_t n)
func int above_open(below_t b, above_t *a)
func int above_wait(above_t a, below_done_t done)
macro ABOVE_LIMIT = 4
typedef above_t = void *
typedef below_size_t = int
typedef below_t = void *
`, snapshot(t, api))
}

func TestParseMissing(t *testing.T) {
	_, err := gentest.Header.Parse(filepath.Join(t.TempDir(), "librados.h"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
}

// FuzzParseSource expects a model or an error for each input.
func FuzzParseSource(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.h")
	require.NoError(f, err)
	for _, path := range paths {
		src, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(src)
	}
	for _, in := range append(gentest.BadInputs(f, "input.h"), gentest.Archives(f, "testdata/hostile", "input.h")...) {
		f.Add([]byte(in.Files["input.h"]))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		api, err := gentest.Header.ParseSource("fuzz.h", src)
		if err != nil {
			return
		}
		// Its snapshot can be read and is equal.
		var once, twice bytes.Buffer
		api.Release = "0"
		require.NoError(t, release.Write(&once, api))
		again, err := release.Read("fuzz.txt", bytes.NewReader(once.Bytes()))
		require.NoError(t, err)
		require.NoError(t, release.Write(&twice, again))
		require.Equal(t, once.String(), twice.String())
	})
}
