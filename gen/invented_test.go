package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/release"
)

// invented lists the changes of a release that does not exist, as replacements in the header of the
// release before it.
var invented = []struct{ what, old, new string }{
	{"a step, about which there is no question", "int rados_connect(", "void rados_write_op_frob(rados_write_op_t write_op, uint64_t n);\nint rados_connect("},
	{"a function that blocks", "int rados_connect(", "int rados_pool_rename(rados_t cluster, const char *from, const char *to);\nint rados_connect("},
	{"a function with two questions", "int rados_connect(", "int rados_get_quota(rados_t cluster, int64_t *quota);\nint rados_connect("},
	{"a struct that grows", "\tuint64_t num_objects;\n};\nstruct rados_pool_stat_t;", "\tuint64_t num_objects;\n\tuint64_t num_snaps;\n};\nstruct rados_pool_stat_t;"},
	{"a new struct", "int rados_connect(", "struct rados_health_t { int64_t errors, warnings; };\nint rados_get_health(rados_t cluster, struct rados_health_t *health);\nint rados_connect("},
	{"a new callback", "int rados_connect(", "typedef void (*rados_bell_t)(void *arg, uint64_t n);\nint rados_set_bell(rados_t cluster, rados_bell_t bell, void *arg);\nint rados_connect("},
	{"a type with a new name", "int rados_ioctx_snap_lookup(rados_ioctx_t io, const char *name, rados_snap_t *id);", "typedef uint64_t rados_snapid_t;\nint rados_ioctx_snap_lookup(rados_ioctx_t io, const char *name, rados_snapid_t *id);"},
	{"const of a parameter's copy", "int rados_create2(rados_t *pcluster, const char *const clustername,", "int rados_create2(rados_t *pcluster, const char *clustername,"},
	{"another sign", "void rados_write_op_zero(rados_write_op_t write_op, uint64_t offset, uint64_t len);", "void rados_write_op_zero(rados_write_op_t write_op, uint64_t offset, int64_t len);"},
	{"an enumerator with another value", "enum { LIBRADOS_OP_FLAG_FADVISE_FUA = 128 };", "enum { LIBRADOS_OP_FLAG_FADVISE_FUA = 4096 };"},
	{"a new enumerator of a group", "enum { LIBRADOS_OP_FLAG_EXCL = 1 };", "enum { LIBRADOS_OP_FLAG_EXCL = 1, LIBRADOS_OP_FLAG_HURRY = 256 };"},
	{"a constant of no group", "int rados_connect(", "#define LIBRADOS_SUPPORTS_BELLS 1\nint rados_connect("},
	{"a function that is gone", "int rados_cache_pin(rados_ioctx_t io, const char *o);\n", ""},
	{"a function with variable arguments", "int rados_connect(", "int rados_print(rados_t cluster, const char *format, ...);\nint rados_connect("},
	{"a bit-field, a function of the header, and one of another library", "int rados_connect(", "struct rados_bits { unsigned a : 3; };\nstatic inline int rados_both(int a) { return a; }\nint ceph_other(void);\nint rados_connect("},
}

// answers are the entries by which a maintainer answers the questions about the release.
var answers = []struct{ old, new string }{
	{"\nfunctions:\n", `
functions:
  rados_pool_rename: {go: Conn.RenamePool, waits: mon, doc: "RenamePool changes the name of a pool. {waits}"}
  rados_get_quota: {go: Conn.Quota, waits: mon, args: {quota: {as: out-value}}, doc: "Quota returns the quota. {waits}"}
  rados_get_health: {go: Conn.Health, waits: mon, args: {health: {as: out-struct}}, doc: "Health returns how the cluster is. {waits}"}
  rados_set_bell: {private: Conn.setBell, waits: mon, args: {arg: {as: token}}}
`},
	{"\nevents:\n", "\nevents:\n  rados_bell_t: {token: arg, numbers: [n]}\n"},
	{"\ntypes:\n", `
accept:
  rados_write_op_zero: lengths are below 1<<63

types:
  Health:
    struct: struct rados_health_t
    doc: Health is how a cluster is.
    fields: {Errors: is the number of errors., Warnings: is the number of warnings.}
`},
	{"      Num_objects: is the number of objects.\n", "      Num_objects: is the number of objects.\n      Num_snaps: is the number of snapshots.\n"},
	{"args: {len: length}}\n", "args: {len: {name: length, type: uint64}}}\n"}, // hand-written code has that type
	{"\nskip:\n", "\nskip:\n  LIBRADOS_SUPPORTS_BELLS: every library that has the functions has them\n  LIBRADOS_OP_FLAG_FADVISE_FUA: its value depends on the release\n"},
}

// TestInventedRelease takes in a release with changes of all kinds: snapshot, diff, entries, generated
// code, and calls of a library of that release and of one of the release before it.
func TestInventedRelease(t *testing.T) {
	enterTree(t)
	before := newest(t)
	header := inventedHeader(t, before)
	for _, dir := range []string{"include/rados", "older/rados", "try"} {
		require.NoError(t, os.MkdirAll(dir, 0o777))
	}
	write(t, "include/rados/librados.h", header)

	out := gen(t, "snapshot", "--release", "99.2", "include/rados/librados.h", "--stanzas")
	for _, want := range []string{
		"unsupported: rados_print: variable arguments are not supported\n",
		`unsupported: struct rados_bits: bit-field "a : 3" is a form of declaration that is not supported` + "\n",
		"spec/bindings.yaml: appended, to be reviewed: LIBRADOS_OP_FLAG_HURRY, rados_write_op_frob\n",
		"LIBRADOS_SUPPORTS_BELLS = 1 of Ceph 99.2: bind it below consts:, or say below skip: why not\n",
		"  rados_get_quota: {go: Conn.GetQuota, waits: , args: {quota: {as: }}, doc: }\n" +
			"  - Conn.GetQuota may block its thread: say what it waits for",
		"\n  - what quota means for Go can't be inferred\n",
		"  rados_pool_rename: {go: Conn.PoolRename, waits: , doc: }\n  - Conn.PoolRename may block its thread: say what it waits for",
	} {
		assert.Contains(t, out, want)
	}
	recorded := read(t, "spec/api/99.2.txt")
	assert.Contains(t, recorded, "\nleft-out ceph_other: its name does not begin with rados_\n")
	assert.Contains(t, recorded, "\nleft-out rados_both: it is defined in the header, so the library has no such symbol\n")

	note := gen(t, "diff", "--markdown", before, "99.2")
	for _, want := range []string{
		"\n### Added\n", "\n### Removed\n\n- func `int rados_cache_pin(rados_ioctx_t io, const char *o)` → go: IOContext.CachePin\n",
		"\n### Changed\n", "`void rados_write_op_frob(rados_write_op_t write_op, uint64_t n)` → go: WriteOp.Frob\n",
		"- enum `LIBRADOS_OP_FLAG_FADVISE_FUA = 4096` → consts: OpFlagFAdviseFUA\n  was `LIBRADOS_OP_FLAG_FADVISE_FUA = 128`\n",
	} {
		assert.Contains(t, note, want)
	}

	_, err := tryGen("generate")
	for _, want := range []string{
		"LIBRADOS_OP_FLAG_FADVISE_FUA differs between releases",
		"a Go constant has one value: list LIBRADOS_OP_FLAG_FADVISE_FUA below skip:",
		"rados_write_op_zero differs between releases",
		"paste this below accept: and complete it; or else skip it\n  rados_write_op_zero: say why",
		"rados_set_bell of Ceph 99.2 has no entry",
	} {
		assert.ErrorContains(t, err, want)
	}
	for _, fine := range []string{"rados_create2", "rados_ioctx_snap_lookup", "rados_cluster_stat", "rados_snapid_t", "rados_cache_pin"} {
		assert.NotContains(t, err.Error(), fine)
	}

	answer(t)
	gen(t, "generate", "--header", "include/rados/librados.h")
	write(t, "rados/bell.go", "package rados\n\nvar _ = (*Conn).setBell\n")
	_, err = tryGen("check", "--header", "include/rados/librados.h")
	assert.Equal(t, 2, strings.Count(err.Error(), ": the entry below is to be reviewed; remove this comment then"), "%v", err)
	edit(t, load.SpecFile, "      # review: of Ceph 99.2\n", "")
	edit(t, load.SpecFile, "  # review: of Ceph 99.2\n", "")
	gen(t, "generate", "--header", "include/rados/librados.h")
	code := read(t, "rados/zz_generated.go")
	assert.Contains(t, strings.ReplaceAll(code, "\n\t// ", " "), " Num_snaps is the number of snapshots. It is zero with the library of a Ceph before 99.2.\n")
	assert.Contains(t, code, "// It needs the library of a Ceph before 99.2.\n", "CachePin")
	if testing.Short() {
		t.Skip("compiling the C, the package and the fakes takes some seconds")
	}
	assert.Contains(t, gen(t, "check", "--header", "include/rados/librados.h"), ", 99.2\n", "the C compiles with each release")
	callInvented(t, before)
}

// once is the first line of a header, since that of libradosstriper includes librados.h again.
const once = "#pragma once\n"

// inventedHeader returns the header of the invented release.
func inventedHeader(t *testing.T, before string) string {
	t.Helper()
	specs, err := load.Specs(".")
	require.NoError(t, err)
	api, err := snapshot(specs[0], before)
	require.NoError(t, err)
	header := once + release.Header(api)
	for _, c := range invented {
		require.Contains(t, header, c.old, c.what)
		header = strings.Replace(header, c.old, c.new, 1)
	}
	return header
}

// answer completes the spec.
func answer(t *testing.T) {
	t.Helper()
	for _, a := range answers {
		edit(t, load.SpecFile, a.old, a.new)
	}
	lines := strings.SplitAfter(read(t, load.SpecFile), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "      OpFlagFAdviseFUA:") {
			lines[i] = ""
		}
	}
	write(t, load.SpecFile, strings.Join(lines, ""))
}

// callInvented calls the new functions with a fake of the invented release, and with one of the release
// before it.
func callInvented(t *testing.T, before string) {
	t.Helper()
	specs, err := load.Specs(".")
	require.NoError(t, err)
	api, err := snapshot(specs[0], before)
	require.NoError(t, err)
	write(t, "older/rados/librados.h", once+release.Header(api))
	buildTree(t, "older")                                      // the header need not be that of the newest release
	gen(t, "generate", "--header", "include/rados/librados.h") // the fake, which buildTree has copied from the project
	write(t, "try/main.go", `// Command try calls what is new.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

func main() {
	conn, err := rados.NewConn()
	if err == nil {
		err = conn.Connect()
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	defer conn.Shutdown()
	fakelibrados.Answer("rados_cluster_stat", "\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00"[:len(os.Args[1])])
	stat, err := conn.GetClusterStats()
	fmt.Printf("%+v %v\n", stat, err)
	health, err := conn.Health()
	fmt.Println("Health:", health, errors.Is(err, rados.ErrMissingFunction), err == nil)
	err = conn.RenamePool("a", "b")
	fmt.Println("RenamePool:", errors.Is(err, rados.ErrMissingFunction), err == nil)
}
`)
	build := exec.Command("go", "build", "-o", "try/try", "./try")
	build.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=1", "GOFLAGS=-mod=mod")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)

	write(t, "health.c", `#include <rados/librados.h>
int rados_get_health(rados_t cluster, struct rados_health_t *health)
{
	(void)cluster;
	health->errors = 7;
	health->warnings = 8;
	return 0;
}
`)
	// The fake knows functions by their parameters, which do not tell what this one stores.
	health := preload(t, "health", "health.c", "include")
	newer := preload(t, "newer", "internal/test/fakelibrados/lib/librados.c", "include")
	older := preload(t, "older", filepath.Join(gentest.Root, "internal/test/fakelibrados/lib/librados.c"), "older")
	assert.Equal(t, "{Kb:1 Kb_used:2 Kb_avail:3 Num_objects:4 Num_snaps:5} <nil>\nHealth: {7 8} false true\nRenamePool: false true\n", try(t, health+":"+newer, 40))
	assert.Equal(t, "{Kb:1 Kb_used:2 Kb_avail:3 Num_objects:4 Num_snaps:0} <nil>\nHealth: {0 0} true false\nRenamePool: true false\n", try(t, older, 32))
}

// preload builds a library of a C file with the header of a folder.
func preload(t *testing.T, name, source, include string) string {
	t.Helper()
	path, err := filepath.Abs(name + ".so")
	require.NoError(t, err)
	const symbols = "LIBRADOS_14.2.0 { global: *; };\n" // as the real library has them
	write(t, "librados.map", symbols)
	striper, err := os.ReadFile("/usr/include/radosstriper/libradosstriper.h")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(include+"/radosstriper", 0o700))
	write(t, include+"/radosstriper/libradosstriper.h", string(striper)) // it includes the librados.h beside it
	cmd := exec.Command("cc", "-std=gnu11", "-Wno-deprecated-declarations", "-shared", "-fPIC", "-pthread", "-I"+include,
		"-Wl,--version-script,librados.map", "-o", path, source, "-ldl")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return path
}

// try runs the program with a fake that fills as many bytes of the struct.
func try(t *testing.T, library string, bytes int) string {
	t.Helper()
	cmd := exec.Command("try/try", strings.Repeat("x", bytes))
	cmd.Env = append(os.Environ(), "LD_PRELOAD="+library)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// TestStanzaOfLaterForm records a function that replaces an older one, with the one that does the same and
// blocks: there is one entry, and a way to complete it.
func TestStanzaOfLaterForm(t *testing.T) {
	enterTree(t)
	write(t, "x.h", `#include <stdint.h>
typedef void *rados_ioctx_t;
typedef void *rados_completion_t;
int rados_aio_getxattr9(rados_ioctx_t io, const char *o, rados_completion_t completion, uint64_t *size);
int rados_getxattr9(rados_ioctx_t io, const char *o, uint64_t *size);
`)
	out := gen(t, "snapshot", "--release", "99.2", "x.h", "--stanzas")
	assert.Contains(t, out, `
  rados_aio_getxattr9: {go: IOContext.Getxattr9, args: {size: {as: }}, doc: }
  - what size means for Go can't be inferred
  - if it replaces rados_aio_getxattr: like: rados_aio_getxattr takes its keys, and else: rados_aio_getxattr has it called where the library is older
`)
	assert.NotContains(t, out, "rados_getxattr9 of Ceph")
}
