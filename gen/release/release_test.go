package release_test

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

const snapshots = "../../spec/api"

func load(t *testing.T) []*model.API {
	t.Helper()
	apis, err := release.LoadDir(snapshots)
	require.NoError(t, err)
	return apis
}

func TestLoadDir(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(snapshots, "*.txt"))
	require.NoError(t, err)
	funcs := map[string]int{}
	for i, a := range load(t) {
		funcs[a.Release] = len(a.Funcs)
		assert.True(t, i == 0 || release.Compare(load(t)[i-1].Release, a.Release) < 0, "the oldest comes first")
	}
	assert.Len(t, funcs, len(paths))
	for name, want := range map[string]int{"14.2": 231, "16.2": 239, "18.2": 243, "20.2": 243} {
		assert.Equal(t, want, funcs[name], name)
	}
}

func TestLoadDirErrors(t *testing.T) {
	_, err := release.LoadDir(t.TempDir())
	assert.ErrorContains(t, err, "no snapshot")

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "15.2.txt"), []byte(text("")), 0o666))
	_, err = release.LoadDir(dir)
	assert.ErrorContains(t, err, "15.2.txt:1:22: the file is named after 15.2 but says 9.1")
}

func TestRoundTrip(t *testing.T) {
	for _, a := range load(t) {
		want, err := os.ReadFile(filepath.Join(snapshots, a.Release+".txt"))
		require.NoError(t, err)
		assert.Equal(t, string(want), write(t, a))
	}
}

// TestRead expects Read to restore the model, not only its text.
func TestRead(t *testing.T) {
	api := read(t, text(`callback rados_cb_t = const char *(*)(void *arg, uint64_t)
deprecated rados_f
enum LIBRADOS_B = -1
func const char *const *rados_f(rados_t cluster, const char *const *keys, unsigned int n)
func void rados_g(void)
layout struct rados_s: 24 bytes
layout struct rados_s: at 0: char name[10]
layout struct rados_s: at 16: struct rados_s *next
macro LIBRADOS_A = "\001\\"
typedef rados_e = enum
typedef rados_t = void *
`))
	at := func(line int) model.Pos { return model.Pos{File: "9.1.txt", Line: line, Col: 1} }
	char := model.Type{Base: "char", Const: true, Stars: []bool{true, false}}
	void := model.Type{Base: "void"}
	pointer := model.Type{Base: "void", Stars: []bool{false}}
	assert.Equal(t, &model.API{
		Header:  "librados.h",
		Release: "9.1",
		Callbacks: []*model.Callback{{
			Name:   "rados_cb_t",
			Result: model.Type{Base: "char", Const: true, Stars: []bool{false}},
			Params: []model.Param{{Name: "arg", Type: pointer}, {Type: model.Type{Base: "uint64_t"}}},
			Pos:    at(3),
		}},
		Consts: []*model.Const{
			{Name: "LIBRADOS_A", Value: `"\001\\"`, Pos: at(11)},
			{Name: "LIBRADOS_B", Value: "-1", Enum: true, Pos: at(5)},
		},
		Funcs: []*model.Func{
			{Name: "rados_f", Result: char, Deprecated: true, Pos: at(6), Params: []model.Param{
				{Name: "cluster", Type: model.Type{Base: "rados_t"}},
				{Name: "keys", Type: char},
				{Name: "n", Type: model.Type{Base: "unsigned int"}},
			}},
			{Name: "rados_g", Result: void, Pos: at(7)},
		},
		Structs: []*model.Struct{{
			Name: "struct rados_s", Size: 24, Pos: at(8), Fields: []model.Field{
				{Name: "name", Type: model.Type{Base: "char"}, Array: 10},
				{Name: "next", Type: model.Type{Base: "struct rados_s", Stars: []bool{false}}, Offset: 16},
			},
		}},
		Typedefs: []*model.Typedef{
			{Name: "rados_e", Type: model.Type{Base: "enum"}, Pos: at(12)},
			{Name: "rados_t", Type: pointer, Pos: at(13)},
		},
	}, api)
}

// TestBad reads the snapshots of testdata/bad, each of which has what its file is named after.
func TestBad(t *testing.T) {
	for _, bad := range gentest.BadInputs(t, "9.1.txt") {
		t.Run(bad.Name, func(t *testing.T) {
			_, err := release.Read("9.1.txt", strings.NewReader(bad.Files["9.1.txt"]))
			bad.Compare(t, err)
		})
	}
}

// TestReadCutOff reads a snapshot whose last line does not end, which an archive can't have.
func TestReadCutOff(t *testing.T) {
	_, err := release.Read("9.1.txt", strings.NewReader(text("enum A = 1")))
	assert.ErrorContains(t, err, "9.1.txt:3:11: the last line does not end")
}

func TestWriteNeedsRelease(t *testing.T) {
	err := release.Write(&bytes.Buffer{}, &model.API{})
	assert.ErrorContains(t, err, "is not a release")
}

func TestMerge(t *testing.T) {
	apis := load(t)
	slices.Reverse(apis) // the order does not matter
	u := release.Merge(apis)
	assert.Len(t, u.Releases, len(apis))
	assert.Equal(t, []string{"14.2", "16.2", "18.2", "20.2"}, u.Releases[:4])
	assert.Empty(t, u.Conflicts)
	assert.GreaterOrEqual(t, len(u.Funcs), 243)

	write := u.Func("rados_write")
	require.NotNil(t, write)
	assert.Equal(t, "14.2", write.Since)
	assert.True(t, write.Everywhere())

	stat2 := u.Func("rados_stat2")
	require.NotNil(t, stat2)
	assert.Equal(t, "18.2", stat2.Since)
	assert.False(t, stat2.Oldest)
	assert.Empty(t, stat2.Until)

	unlike := u.Func("rados_blacklist_add")
	require.NotNil(t, unlike)
	assert.True(t, unlike.Oldest)
	assert.True(t, unlike.Decl.Deprecated, "the newest declaration counts")

	assert.Equal(t, "20.2", u.Const("LIBRADOS_ALLOC_HINT_FLAG_LOG").Since)
	assert.Equal(t, "16.2", u.Struct("struct notify_ack_t").Since)
	assert.Equal(t, "14.2", u.Callback("rados_watchcb2_t").Since)
	assert.Equal(t, "14.2", u.Typedef("rados_snap_t").Since)
	assert.Nil(t, u.Func("rados_no_such"))
}

func TestMergeUntil(t *testing.T) {
	u := release.Merge([]*model.API{
		read(t, textOf("10.2", "func int rados_a(void)\nfunc int rados_c(void)\n")),
		read(t, textOf("9.2", "func int rados_a(void)\nfunc int rados_b(void)\nfunc int rados_c(void)\n")),
		read(t, textOf("11.2", "func int rados_a(void)\nfunc int rados_b(void)\n")),
	})
	assert.Equal(t, []string{"9.2", "10.2", "11.2"}, u.Releases)
	assert.Equal(t, "", u.Func("rados_a").Until)
	assert.Equal(t, "10.2", u.Func("rados_b").Until, "that it came back later does not help")
	assert.Equal(t, "11.2", u.Func("rados_c").Until)
}

func TestMergeConflicts(t *testing.T) {
	u := release.Merge([]*model.API{
		read(t, textOf("9.2", `callback rados_cb_t = void (*)(void *arg)
func int rados_changed(int a)
func int rados_renamed(int a)
layout struct rados_s: 4 bytes
macro LIBRADOS_A = 1
typedef rados_id_t = int
`)),
		read(t, textOf("10.2", `callback rados_cb_t = int (*)(void *arg)
enum LIBRADOS_A = 2
func int rados_changed(const int *a)
func int rados_renamed(int b)
layout struct rados_s: 8 bytes
typedef rados_id_t = uint64_t
`)),
	})
	var names []string
	for _, c := range u.Conflicts {
		names = append(names, c.Name)
	}
	assert.ElementsMatch(t, []string{"rados_cb_t", "rados_changed", "struct rados_s", "LIBRADOS_A", "rados_id_t"}, names)
	assert.Equal(t, "b", u.Func("rados_renamed").Decl.Params[0].Name)

	var err error = u.Conflicts[0]
	var c *release.Conflict
	require.True(t, errors.As(err, &c))
	assert.EqualError(t, err, "rados_changed differs between releases:\n"+
		"\t9.2: int rados_changed(int a)\n\t10.2: int rados_changed(const int *a)")
}

func TestDiffOfReleases(t *testing.T) {
	apis := load(t)
	added := func(i int) []string {
		var names []string
		for _, c := range release.Diff(apis[i-1], apis[i]).Added() {
			if c.Kind == release.Func {
				names = append(names, c.Name)
			}
		}
		return names
	}
	assert.Equal(t, []string{
		"rados_aio_create_completion2",
		"rados_blocklist_add",
		"rados_decode_notify_response",
		"rados_free_notify_response",
		"rados_mgr_command_target",
		"rados_set_pool_full_try",
		"rados_unset_pool_full_try",
		"rados_write_op_omap_rm_range2",
	}, added(1))
	assert.Equal(t, []string{
		"rados_aio_stat2",
		"rados_aio_write_op_operate2",
		"rados_read_op_stat2",
		"rados_stat2",
	}, added(2))
	assert.Empty(t, added(3))
	for i := 1; i < 4; i++ { // what comes later may remove something
		d := release.Diff(apis[i-1], apis[i])
		assert.Empty(t, d.Removed())
		assert.Empty(t, d.Changed())
		assert.False(t, d.IsEmpty())
	}
	assert.True(t, release.Diff(apis[0], apis[0]).IsEmpty())
}

func TestRender(t *testing.T) {
	d := release.Diff(
		read(t, textOf("9.1", `deprecated rados_c
func int rados_a(int a)
func int rados_b(void)
func int rados_c(void)
macro LIBRADOS_A = 1
`)),
		read(t, textOf("9.2", `deprecated rados_b
func int rados_a(long a)
func int rados_b(void)
func int rados_c(void)
func int rados_d(void)
`)))
	disposition := func(name string) string {
		return map[string]string{"rados_a": "go: Conn.A", "rados_b": "skip: superseded"}[name]
	}
	assert.Equal(t, `9.1 to 9.2:

Added:
  func        int rados_d(void)

Removed:
  macro       LIBRADOS_A = 1

Changed:
  func      - int rados_a(int a)
            + int rados_a(long a)
              (go: Conn.A)

Newly deprecated:
  deprecated  rados_b
              (skip: superseded)

No longer deprecated:
  deprecated  rados_c
`, d.Text(disposition))
	assert.Equal(t, "## 9.1 to 9.2\n"+
		"\n### Added\n\n- func `int rados_d(void)`\n"+
		"\n### Removed\n\n- macro `LIBRADOS_A = 1`\n"+
		"\n### Changed\n\n- func `int rados_a(long a)` → go: Conn.A\n  was `int rados_a(int a)`\n"+
		"\n### Newly deprecated\n\n- deprecated `rados_b` → skip: superseded\n"+
		"\n### No longer deprecated\n\n- deprecated `rados_c`\n", d.Markdown(disposition))

	same := release.Diff(read(t, text("")), read(t, text("")))
	assert.Equal(t, "9.1 to 9.1: no difference\n", same.Text(nil))
	assert.Equal(t, "## 9.1 to 9.1\n\nNo difference.\n", same.Markdown(nil))
	assert.NotContains(t, d.Text(nil), "Conn.A")
}

func TestMatch(t *testing.T) {
	known := load(t)
	header := load(t)[slices.IndexFunc(known, func(a *model.API) bool { return a.Release == "18.2" })]
	header.Release = "" // content alone decides
	exact, nearest, d := release.Match(header, known)
	require.NotNil(t, exact)
	assert.Equal(t, "18.2", exact.Release)
	assert.Nil(t, nearest)
	assert.Nil(t, d)

	header.Funcs = header.Funcs[1:] // now one function short
	exact, nearest, d = release.Match(header, known)
	assert.Nil(t, exact)
	assert.Equal(t, "18.2", nearest.Release)
	require.Len(t, d.Removed(), 1)
	assert.Equal(t, "rados_aio_append", d.Removed()[0].Name)

	exact, nearest, d = release.Match(header, nil)
	assert.Nil(t, exact)
	assert.Nil(t, nearest)
	assert.Nil(t, d)
}

// FuzzRead expects Write to reproduce each snapshot that Read accepts.
func FuzzRead(f *testing.F) {
	f.Fuzz(func(t *testing.T, data string) {
		a, err := release.Read("fuzz.txt", strings.NewReader(data))
		if err == nil {
			require.Equal(t, data, write(t, a))
		}
	})
}

func text(decls string) string { return textOf("9.1", decls) }

func textOf(rel, decls string) string {
	return "# librados.h of Ceph " + rel + ", one declaration per line, sorted by kind and name.\n" +
		"# Written by \"go run ./gen snapshot\"; not edited by hand.\n" + decls
}

func read(t *testing.T, text string) *model.API {
	t.Helper()
	a, err := release.Read("9.1.txt", strings.NewReader(text))
	require.NoError(t, err)
	return a
}

func write(t *testing.T, a *model.API) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, release.Write(&b, a))
	return b.String()
}

// FuzzDiff compares and merges two snapshots: they differ if and only if their texts
// do, and the union has the declarations of both.
func FuzzDiff(f *testing.F) {
	f.Add(text("func int rados_a(int a)\n"), text("func int rados_a(long a)\nfunc void rados_b(void)\n"))
	f.Fuzz(func(t *testing.T, one, other string) {
		a, err := release.Read("9.1.txt", strings.NewReader(one))
		if err != nil {
			return
		}
		b, err := release.Read("9.2.txt", strings.NewReader(other))
		if err != nil {
			return
		}
		a.Release, b.Release = "9.1", "9.1"
		b.Header = a.Header // Diff is about declarations
		same := write(t, a) == write(t, b)
		require.Equal(t, same, release.Diff(a, b).IsEmpty())
		require.Equal(t, same, release.Diff(b, a).IsEmpty())
		b.Release = "9.2"
		u := release.Merge([]*model.API{a, b})
		for _, api := range []*model.API{a, b} {
			for _, fn := range api.Funcs {
				require.NotNil(t, u.Func(fn.Name), fn.Name)
			}
			for _, c := range api.Consts {
				require.NotNil(t, u.Const(c.Name), c.Name)
			}
		}
	})
}

// TestCompare compares numbers and names.
func TestCompare(t *testing.T) {
	sorted := []string{"9.2", "14.2", "14.2.1", "16.2", "100", "main", "tentacle"}
	for i, a := range sorted {
		for j, b := range sorted {
			assert.Equal(t, cmp.Compare(i, j), release.Compare(a, b), "%s, %s", a, b)
		}
	}
}

// TestLoadDirEmpty loads the snapshot of a header without declarations.
func TestLoadDirEmpty(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "9.1.txt")
	require.NoError(t, os.WriteFile(path, []byte(text("macro A = 1\n")), 0o666))
	_, err := release.LoadDir(dir)
	assert.EqualError(t, err, path+": a release without any function is none")
}

// TestMergeArrays merges arrays: their lengths matter, but not whether a parameter is
// declared as an array or a pointer.
func TestMergeArrays(t *testing.T) {
	of := func(release, decl string) *model.API {
		return read(t, textOf(release, "func int rados_a("+decl+")\n"))
	}
	assert.Empty(t, release.Merge([]*model.API{of("9.2", "char **v"), of("10.2", "char *v[]")}).Conflicts)
	for _, c := range [][2]string{{"char out[16]", "char out[32]"}, {"char *out", "char out[16]"}, {"char n[][16]", "char n[][32]"}, {"volatile int *n", "int *n"}} {
		assert.Len(t, release.Merge([]*model.API{of("9.2", c[0]), of("10.2", c[1])}).Conflicts, 1, "%v", c)
	}
}
