package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/emit"
	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/release"
)

var generatedFiles = []string{"rados/zz_engine.c", "rados/zz_generated.go", "rados/zz_librados.h", emit.SurfaceFile, "docs/COVERAGE.md", referenceFile, schemaFile}

// enterTree makes a copy of what the generator reads, with nothing generated in
// it, and works there until the test ends. It has the hand-written files of rados.
func enterTree(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"spec", "templates"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, sub), os.DirFS(filepath.Join(gentest.Root, sub))))
	}
	require.NoError(t, os.Remove(filepath.Join(dir, schemaFile)))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "gen"), 0o777))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "rados"), 0o777))
	sources, err := filepath.Glob(filepath.Join(gentest.Root, "rados/*.go"))
	require.NoError(t, err)
	for _, path := range sources {
		if name := filepath.Base(path); !strings.HasPrefix(name, "zz_") && !strings.HasSuffix(name, "_test.go") {
			write(t, filepath.Join(dir, "rados", name), read(t, path))
		}
	}
	t.Chdir(dir)
	system := systemHeader
	t.Cleanup(func() { systemHeader = system })
	systemHeader = filepath.Join(dir, "librados.h")
}

// newest is the newest release that is recorded where the test works.
func newest(t *testing.T) string {
	t.Helper()
	names := gentest.ReleasesIn(t, snapshotDir)
	return names[len(names)-1]
}

func gen(t *testing.T, args ...string) string {
	t.Helper()
	out, err := tryGen(args...)
	require.NoError(t, err)
	return out
}

func tryGen(args ...string) (string, error) {
	var out strings.Builder
	err := run(args, &out)
	return out.String(), err
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}

// edit replaces text in a file.
func edit(t *testing.T, path, old, new string) {
	t.Helper()
	text := read(t, path)
	require.Contains(t, text, old)
	write(t, path, strings.Replace(text, old, new, 1))
}

func generated(t *testing.T) map[string]string {
	t.Helper()
	files := make(map[string]string)
	for _, path := range generatedFiles {
		files[path] = read(t, path)
	}
	return files
}

func TestGenerateTouchesWhatChanged(t *testing.T) {
	enterTree(t)
	out := gen(t, "generate")
	assert.Contains(t, out, "librados.h here; using the snapshots alone\n")
	assert.Contains(t, out, "generated files: changed docs/COVERAGE.md, docs/SPEC.md, rados/internal/surface/zz_functions.go, rados/zz_engine.c, rados/zz_generated.go, rados/zz_librados.h, spec/bindings.schema.json\n")
	past := time.Now().Add(-time.Hour).Truncate(time.Second)
	age := func() {
		for _, path := range generatedFiles {
			require.NoError(t, os.Chtimes(path, past, past))
		}
	}
	touched := func() (paths []string) {
		for _, path := range generatedFiles {
			info, err := os.Stat(path)
			require.NoError(t, err)
			if !info.ModTime().Equal(past) {
				paths = append(paths, path)
			}
		}
		return paths
	}

	age()
	assert.Contains(t, gen(t, "generate"), "generated files: unchanged\n")
	assert.Empty(t, touched())

	write(t, "rados/zz_librados.h", "/* edited */\n")
	age()
	assert.Contains(t, gen(t, "generate"), "generated files: changed rados/zz_librados.h\n")
	assert.Equal(t, []string{"rados/zz_librados.h"}, touched())
	left, err := filepath.Glob("rados/.gen-*")
	require.NoError(t, err)
	assert.Empty(t, left)
}

// TestGenerateIsHermetic generates in several places, in different
// surroundings, and with the header of each release.
func TestGenerateIsHermetic(t *testing.T) {
	enterTree(t)
	gen(t, "generate")
	want := generated(t)
	t.Run("elsewhere", func(t *testing.T) {
		enterTree(t)
		t.Setenv("HOME", "/nonexistent")
		t.Setenv("TZ", "Asia/Kathmandu")
		t.Setenv("LANG", "tr_TR.UTF-8")
		gen(t, "generate")
		assert.Equal(t, want, generated(t))
	})
	for _, name := range gentest.Releases(t) {
		t.Run(name, func(t *testing.T) {
			path := gentest.HeaderOf(t, name)
			enterTree(t)
			assert.Contains(t, gen(t, "generate", "--header", path), "matches the snapshot of Ceph "+name)
			assert.Equal(t, want, generated(t))
		})
	}
}

func TestCheck(t *testing.T) {
	enterTree(t)
	gen(t, "generate")
	assert.Contains(t, gen(t, "check"), "generated files: up to date\n")

	fresh := generated(t)
	edit(t, "rados/zz_generated.go", "// newConn takes charge of", "// newConn is given")
	edited := generated(t)
	_, err := tryGen("check")
	require.Error(t, err)
	assert.Contains(t, err.Error(), `rados/zz_generated.go is not what the generator makes of the spec:
--- rados/zz_generated.go (on disk)
+++ rados/zz_generated.go (generated)
@@ `)
	assert.Contains(t, err.Error(), "\n-// newConn is given a C object")
	assert.Contains(t, err.Error(), "\n+// newConn takes charge of a C object")
	assert.True(t, strings.HasSuffix(err.Error(), "\nRun: make generate"))
	assert.NotContains(t, err.Error(), "zz_librados.h")
	assert.Equal(t, edited, generated(t), "check writes nothing")

	gen(t, "generate")
	assert.Equal(t, fresh, generated(t))
	edit(t, "spec/bindings.yaml", "Delete removes object oid.", "Delete makes an end of object oid.")
	_, err = tryGen("check")
	require.Error(t, err)
	assert.Contains(t, err.Error(), "\n+// Delete makes an end of object oid.")

	require.NoError(t, os.Remove("docs/COVERAGE.md"))
	_, err = tryGen("check")
	require.Error(t, err)
	assert.Contains(t, err.Error(), "docs/COVERAGE.md is not what the generator makes of the spec:\nthere is none: ")
}

// TestCheckDescription edits what describes the spec.
func TestCheckDescription(t *testing.T) {
	enterTree(t)
	gen(t, "generate")
	edit(t, schemaFile, `"additionalProperties": false`, `"additionalProperties": true`)
	edit(t, referenceFile, "| `handles` |", "| `handle` |")
	_, err := tryGen("check")
	require.Error(t, err)
	for _, path := range []string{schemaFile, referenceFile} {
		assert.Contains(t, err.Error(), path+" is not what the generator makes of the spec:\n")
	}
	assert.Contains(t, err.Error(), "\n-| `handle` |")
	assert.Contains(t, err.Error(), "\n+| `handles` |")
}

// TestCheckShortens has a diff that nobody would want to read.
func TestCheckShortens(t *testing.T) {
	enterTree(t)
	gen(t, "generate")
	write(t, "rados/zz_librados.h", "")
	_, err := tryGen("check")
	require.Error(t, err)
	assert.Regexp(t, `\n… and \d+ lines more\n`, err.Error())
	assert.Less(t, strings.Count(err.Error(), "\n"), 120)
}

func TestCheckLiterals(t *testing.T) {
	enterTree(t)
	gen(t, "generate")
	require.NoError(t, os.MkdirAll("gen/role/testdata", 0o777))
	write(t, "gen/role/a.go", "package role\n\n// as in rados_read\nvar a = \"rados_reads\"\n")
	write(t, "gen/role/a_test.go", "package role // rados_read\n")
	write(t, "gen/role/testdata/a.h", "int rados_read(void);\n")
	write(t, "templates/b.tmpl", "x = go_rados_write();\n")
	_, err := tryGen("check")
	require.Error(t, err)
	assert.Equal(t, `gen/role/a.go:3:10: rados_read is named here; what is special about one function belongs in spec/bindings.yaml
templates/b.tmpl:1:5: rados_write is named here; what is special about one function belongs in spec/bindings.yaml`, err.Error())
}

// TestNoLiterals holds the generator itself to that rule.
func TestNoLiterals(t *testing.T) {
	t.Chdir(gentest.Root)
	p, _, err := loadPlan(".")
	require.NoError(t, err)
	require.NoError(t, check.Literals(".", specFile, p.Union))
}

// TestNothingIsWritten has input that is refused, for each kind of input.
func TestNothingIsWritten(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T) (args []string)
		want  string
	}{
		{"header that can't be parsed", func(t *testing.T) []string {
			write(t, "x.h", "int rados_a(void);\nint rados_b(nope n);\n")
			return []string{"--header", "x.h"}
		}, `^x.h:2:\d+: `},
		{"header that is not there", func(*testing.T) []string {
			return []string{"--header", "x.h"}
		}, "read C header: open x.h: no such file or directory"},
		{"header that matches no snapshot", func(t *testing.T) []string {
			write(t, "x.h", "int rados_brand_new(int n);\n")
			return []string{"--header", "x.h"}
		}, `^x.h matches no snapshot; nearest is 14.2:
(?s).*  func        int rados_brand_new\(int n\)
.*Record it first: go run ./gen snapshot --release R x.h$`},
		{"spec that is no YAML", func(t *testing.T) []string {
			edit(t, specFile, "functions:\n", "functions: {\n")
			return nil
		}, "^spec/bindings.yaml:[0-9]+: no valid YAML: "},
		{"spec with unknown keys", func(t *testing.T) []string {
			edit(t, specFile, "receiver: c", "reciever: c")
			edit(t, specFile, "ret: count", "red: count")
			return nil
		}, `^spec/bindings.yaml:\d+:5: unknown key "reciever" in handle rados_t
  did you mean "receiver"\?
spec/bindings.yaml:\d+:5: unknown key "red" in function rados_\w+
  did you mean "ret"\?$`},
		{"spec that does not fit", func(t *testing.T) []string {
			edit(t, specFile, "buf: {as: fill, ", "buf: {as: fil, ")
			return nil
		}, `^spec/bindings.yaml:\d+:\d+: rados_\w+: "fil", for buf, is no role
  did you mean "fill"\?$`},
		{"snapshot that was edited", func(t *testing.T) []string {
			edit(t, "spec/api/16.2.txt", "\nfunc ", "\nfunk ")
			return nil
		}, `^spec/api/16.2.txt:\d+:1: "funk" is no kind of fact$`},
		{"template that is broken", func(t *testing.T) []string {
			edit(t, "templates/coverage.md.tmpl", "{{end}}", "{{ende}}")
			return nil
		}, `coverage.md.tmpl`},
		{"no spec", func(t *testing.T) []string {
			require.NoError(t, os.Remove(specFile))
			return nil
		}, "^open spec/bindings.yaml: no such file"},
		{"no snapshots", func(t *testing.T) []string {
			require.NoError(t, os.RemoveAll(snapshotDir))
			return nil
		}, "^no snapshot of any release in spec/api$"},
	} {
		t.Run(c.name, func(t *testing.T) {
			enterTree(t)
			require.NoError(t, os.MkdirAll("rados", 0o777))
			write(t, "rados/zz_generated.go", "as it was")
			_, err := tryGen(append([]string{"generate"}, c.spoil(t)...)...)
			require.Error(t, err)
			assert.Regexp(t, c.want, err.Error())
			assert.Equal(t, "as it was", read(t, "rados/zz_generated.go"))
			assert.NoFileExists(t, "rados/zz_librados.h")
			assert.NoFileExists(t, "docs/COVERAGE.md")
		})
	}
}

// TestNewRelease records a release with a new function, pastes the stanza that
// generate asks for, and is done.
func TestNewRelease(t *testing.T) {
	enterTree(t)
	before := newest(t)
	name := "98.2"
	if release.Compare(before, name) > 0 { // it has a name
		name = before + "-next"
	}
	takeInNewOne(t, before, name)

	_, err := tryGen("generate")
	require.Error(t, err)
	complaint, stanza, _ := strings.Cut(err.Error(), "\n")
	assert.Equal(t, "spec/bindings.yaml: rados_a_a_new_one of Ceph "+name+" has no entry; paste this below functions: and complete it", complaint)
	assert.Equal(t, `  # int rados_a_a_new_one(rados_t cluster, int *n)
  rados_a_a_new_one: {todo: "say go, via, raw or skip"}`, stanza)

	assert.Contains(t, gen(t, "diff", before, name), "rados_a_a_new_one(rados_t cluster, int *n)\n              (not in the spec)\n")

	write(t, specFile, read(t, specFile)+stanza+"\n")
	assert.Contains(t, gen(t, "generate"), before+", "+name+": ")
	edit(t, specFile, `rados_a_a_new_one: {todo: "say go, via, raw or skip"}`,
		"rados_a_a_new_one: {go: Conn.NewOne, waits: mon, args: {n: {as: out-value}}, doc: NewOne is new.}")
	gen(t, "generate")
	assert.Contains(t, read(t, "rados/zz_generated.go"), "// It needs the library of Ceph "+name+" or later.\n")
	assert.Contains(t, read(t, "rados/zz_librados.h"), "int rados_a_a_new_one(rados_t cluster, int *n) __attribute__((weak));\n")
	assert.Contains(t, read(t, "docs/COVERAGE.md"), "| `rados_a_a_new_one` | `Conn.NewOne` |"+strings.Repeat(" absent |", len(gentest.Releases(t)))+" run-time | none |\n")
}

// takeInNewOne records a release that is the one before it with one more function.
func takeInNewOne(t *testing.T, before, name string) {
	t.Helper()
	old := read(t, "spec/api/"+before+".txt")
	now := strings.Replace(old, "of Ceph "+before+",", "of Ceph "+name+",", 1)
	now = strings.Replace(now, "\nfunc ", "\nfunc int rados_a_a_new_one(rados_t cluster, int *n)\nfunc ", 1)
	write(t, "spec/api/"+name+".txt", now)
}

// TestUnreleased records what has a name instead of a number: D8.
func TestUnreleased(t *testing.T) {
	enterTree(t)
	before := newest(t)
	takeInNewOne(t, before, "zzz")
	write(t, "spec/api/98.2.txt", strings.Replace(read(t, "spec/api/"+before+".txt"), "of Ceph "+before+",", "of Ceph 98.2,", 1))
	_, err := tryGen("generate")
	assert.ErrorContains(t, err, "rados_a_a_new_one of Ceph zzz has no entry")
	edit(t, specFile, "\nfunctions:\n", "\nfunctions:\n  rados_a_a_new_one: {go: Conn.NewOne, waits: mon, args: {n: {as: out-value}}, doc: NewOne is new.}\n")
	assert.Regexp(t, ", 98.2, (.*, )?zzz: ", gen(t, "generate"), "names come after all numbers")
	assert.Contains(t, read(t, "rados/zz_generated.go"), "// It needs the library of Ceph zzz or later.\n")
	assert.Contains(t, gen(t, "diff", "98.2", "zzz"), "rados_a_a_new_one(rados_t cluster, int *n)\n")

	write(t, "x.h", "int rados_a(int n);\n")
	assert.Equal(t, "spec/api/main.txt: written, 1 functions\n", gen(t, "snapshot", "--release", "main", "x.h"))
}

func TestSnapshot(t *testing.T) {
	enterTree(t)
	write(t, "x.h", "int rados_a(int n);\n")
	assert.Equal(t, "spec/api/99.2.txt: written, 1 functions\n", gen(t, "snapshot", "--release", "99.2", "x.h"))
	assert.Equal(t, "spec/api/99.2.txt: unchanged, 1 functions\n", gen(t, "snapshot", "--release", "99.2", "x.h"))
	assert.True(t, strings.HasSuffix(read(t, "spec/api/99.2.txt"), "\nfunc int rados_a(int n)\n"))

	_, err := tryGen("snapshot", "--release", "the newest", "x.h")
	assert.EqualError(t, err, `write snapshot: "the newest" is no release, such as 14.2 or main`)
	assert.NoFileExists(t, "spec/api/the newest.txt")

	write(t, "empty.h", "int other_library(int n);\n")
	_, err = tryGen("snapshot", "--release", "99.4", "empty.h")
	assert.EqualError(t, err, "empty.h declares no function whose name begins with rados_", "D6")
	assert.NoFileExists(t, "spec/api/99.4.txt")

	for _, name := range gentest.Releases(t) {
		t.Run(name, func(t *testing.T) {
			path := gentest.HeaderOf(t, name)
			assert.Contains(t, gen(t, "snapshot", "--release", name, path), "txt: unchanged, ")
		})
	}
}

func TestDiff(t *testing.T) {
	enterTree(t)
	out := gen(t, "diff", "14.2", "16.2")
	assert.Contains(t, out, "14.2 to 16.2:\n\nAdded:\n")
	assert.Regexp(t, `(?m)^  func        int rados_blocklist_add\(.*\n              \((go|todo): `, out)
	assert.Equal(t, out, gen(t, "diff", "spec/api/14.2.txt", "spec/api/16.2.txt"))
	assert.Contains(t, gen(t, "diff", "16.2", "14.2"), "\nRemoved:\n")

	out = gen(t, "diff", "--markdown", "14.2", "16.2")
	assert.Regexp(t, `(?m)^#+ .*16\.2`, out)
	assert.Regexp(t, "(?m)^[-*] .*`.*rados_blocklist_add\\(", out)

	_, err := tryGen("diff", "14.2", "15.2")
	assert.EqualError(t, err, "no snapshot spec/api/15.2.txt; record it with go run ./gen snapshot")
}

func TestExplain(t *testing.T) {
	enterTree(t)
	out := gen(t, "explain", "rados_aio_getxattr", "rados_getxattr", "rados_aio_read", "rados_cct", "rados_shutdown")
	assert.Regexp(t, `^int rados_aio_getxattr\(rados_ioctx_t io, const char \*o, rados_completion_t completion, const char \*name, char \*buf, size_t len\)
  since        Ceph 14.2
  disposition  go: IOContext.GetXattr \(spec/bindings.yaml:\d+:3\)

  func \(ioctx \*IOContext\) GetXattr\(object, name string, data \[\]byte\) \(int, error\)
    io                       receiver \(inferred\)
    o                        in-string \(inferred\)
    completion               completion \(inferred\)
    name                     in-string \(inferred\)
    buf, len                 fill \(from the spec\)
    returns                  count: a number, or a negative errno \(from the spec\)

int rados_getxattr\(`, out)
	assert.Contains(t, out, "  disposition  via: IOContext.GetXattr (")
	assert.Contains(t, out, "\n    calls rados_aio_getxattr instead, which does the same and need not be waited for\n")
	assert.Contains(t, out, ") Read(oid string, data []byte, offset uint64) (int, error)\n"+
		"    does the same by rados_create_read_op, rados_read_op_read, rados_aio_read_op_operate\n")
	assert.Contains(t, out, "  disposition  via: Conn.PingMonitor (")
	assert.Contains(t, out, ") PingMonitor(id string) (string, error)\n    frees probe, which rados_create_with_context makes\n")

	out = gen(t, "explain", "rados_read_op_exec", "rados_ioctx_set_namespace", "rados_watch_check")
	assert.Contains(t, out, `
  func (r *ReadOp) exec(cls, method string, input []byte, done func(steps.Outcome))
    (private, for a hand-written file)
    (a step: recorded in Go, done when the ReadOp is performed)
    read_op                  receiver (inferred)
    cls                      in-string (inferred)
    method                   in-string (inferred)
    in_buf, in_len           in-bytes (inferred)
    out_buf, out_len         outcome → p (from the spec)
    prval                    outcome → code (inferred)
    returns                  none: nothing (inferred)
`)
	assert.Contains(t, out, ") SetNamespace(namespace string)\n    (kept as namespace, for copies of the IOContext)\n    io ")
	assert.Contains(t, out, "    (held: whoever calls it keeps the IOContext from being freed)\n")

	out = gen(t, "explain", "rados_rollback", "rados_mon_command", "rados_write_op_operate2")
	assert.Contains(t, out, "    (may block its thread waiting for: mon; acquires room for that)\n")
	assert.Contains(t, out, "    (may block its thread waiting for: osd; the caller acquires room for that)\n")

	out = gen(t, "explain", "rados_omap_get_next2")
	assert.Regexp(t, `
  disposition  via: ReadOp\.omapValues \(.*\)

  yields each pair of a rados_omap_iter_t, until key is NULL, for
(    func \(r \*ReadOp\) \w+\(.*done func\(steps\.Outcome\)\)
)+    iter                     local iter \(inferred\)
    key, key_len             drain-key \(inferred\)
    val, val_len             drain-value \(inferred\)
    returns `, out)

	out = gen(t, "explain", "rados_omap_get_end", "rados_create_read_op", "rados_release_read_op", "rados_buffer_free")
	assert.Contains(t, out, "\n  ends a rados_omap_iter_t, for\n    func (r *ReadOp) omapKeys(")
	assert.Contains(t, out, "\n  makes the rados_read_op_t that a ReadOp becomes, in\n    func (ioctx *IOContext) operateRead(")
	assert.Contains(t, out, "\n  frees the rados_read_op_t that a ReadOp became, in\n    func (ioctx *IOContext) operateRead(")
	assert.Contains(t, out, "\n  gives back what the library allocated, for\n    func (")

	_, err := tryGen("explain", "rados_raed")
	assert.EqualError(t, err, `no release has a function rados_raed; did you mean "rados_read"?`)
	_, err = tryGen("explain", "fopen")
	assert.EqualError(t, err, `no release has a function fopen`)
}

func TestCoverage(t *testing.T) {
	enterTree(t)
	out := gen(t, "coverage")
	assert.Regexp(t, `^release +total +reachable +go +via +raw +skip +todo\n14\.2 +231 `, out)
	assert.Regexp(t, `\nany +\d+ `, out)
	count := regexp.MustCompile(`\d+`).FindAllString(out[strings.Index(out, "any"):], -1)
	require.Len(t, count, 7)
	var n [7]int
	for i := range n {
		n[i], _ = strconv.Atoi(count[i])
	}
	total, reachable, direct, via, raw, skip, todo := n[0], n[1], n[2], n[3], n[4], n[5], n[6]
	assert.Equal(t, reachable, direct+via+raw)
	assert.Equal(t, total, reachable+skip+todo)
}

// TestCoverageTells has a public name, a private one, and what is reached via such.
func TestCoverageTells(t *testing.T) {
	header := "int rados_a(rados_t cluster);\nint rados_b(rados_t cluster);\nint rados_c(rados_t cluster);\nint rados_d(rados_t cluster);\n"
	p := gentest.Plan(t, gentest.Load(t, "base"), gentest.Input{Name: "s", Header: header, Older: header, Spec: `functions:
  rados_a: {go: Conn.A, doc: A does.}
  rados_b: {raw: Conn.b, doc: b does.}
  rados_c: {via: Conn.cd}
  rados_d: {skip: why not}
methods:
  Conn.cd: {steps: [{call: rados_c}], doc: cd does.}`})
	count := emit.Count(p)
	assert.Equal(t, 1, count.Raw)
	assert.Equal(t, 1, count.Skip)
	assert.Equal(t, count.Total-1, count.Reachable)
	public := 0
	for _, m := range p.Methods {
		if strings.ToLower(m.Name) != m.Name {
			public++
		}
	}
	assert.Equal(t, public, count.Public)

	files, err := emit.Files(p, "..")
	require.NoError(t, err)
	text := string(files[len(files)-1].Data)
	assert.Contains(t, text, "| `rados_a` | `Conn.A` | linked | linked | none |\n")
	assert.Contains(t, text, "| `rados_b` | `Conn.b` (private) | linked | linked | none |\n")
	assert.Contains(t, text, "| `rados_c` | `Conn.cd` (private) | linked | linked | none |\n")
	assert.Contains(t, text, "| `rados_d` | skip: why not | linked | linked |  |\n")
}

func TestHelp(t *testing.T) {
	out := gen(t, "help")
	assert.Equal(t, out, gen(t))
	assert.Equal(t, out, gen(t, "--help"))
	for _, c := range commands() {
		assert.Contains(t, out, "\n  "+c.name+" ")
		long := gen(t, "help", c.name)
		assert.Contains(t, long, "go run ./gen "+c.name)
		assert.Equal(t, long, gen(t, c.name, "--help"))
		assert.Greater(t, strings.Count(long, "\n"), 2)
		for line := range strings.Lines(long) {
			assert.LessOrEqual(t, len(line), 90, line)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"generat", `there is no command "generat"; did you mean "generate"?`},
		{"help chek", `there is no command "chek"; did you mean "check"?`},
		{"frobnicate", `there is no command "frobnicate"; see go run ./gen help`},
		{"generate --haeder x", "generate: flag provided but not defined: -haeder; see go run ./gen help generate"},
		{"generate --header", "generate: flag needs an argument: -header; see go run ./gen help generate"},
		{"generate x.h", "generate takes no arguments, not x.h; see go run ./gen help generate"},
		{"check now", "check takes no arguments, not now; see go run ./gen help check"},
		{"snapshot x.h", "snapshot needs --release; see go run ./gen help snapshot"},
		{"snapshot --release 1.2", "snapshot takes 1 argument, not 0; see go run ./gen help snapshot"},
		{"diff 14.2", "diff takes 2 arguments, not 1; see go run ./gen help diff"},
		{"explain", "explain needs a function; see go run ./gen help explain"},
		{"coverage --all", "coverage: flag provided but not defined: -all; see go run ./gen help coverage"},
	} {
		_, err := tryGen(strings.Fields(c.args)...)
		assert.EqualError(t, err, c.want)
		assert.IsType(t, usageError(""), err)
	}
}
