package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

func TestGenerateTouchesWhatChanged(t *testing.T) {
	enterTree(t)
	out := gen(t, "generate")
	assert.Contains(t, out, "librados.h here; using the snapshots alone\n")
	assert.Contains(t, out, "generated files: changed "+strings.Join(slices.Sorted(slices.Values(generatedFiles)), ", ")+"\n")
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

	write(t, "rados/zz_library.h", "/* edited */\n")
	age()
	assert.Contains(t, gen(t, "generate"), "generated files: changed rados/zz_library.h\n")
	assert.Equal(t, []string{"rados/zz_library.h"}, touched())
	left, err := filepath.Glob("rados/.gen-*")
	require.NoError(t, err)
	assert.Empty(t, left)
}

// TestGenerateIsHermetic generates in several places, in different
// surroundings, and with the header of each release.
func TestGenerateIsHermetic(t *testing.T) {
	enterGenerated(t)
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

// TestNothingIsWritten has input that is refused, for each kind of input.
func TestNothingIsWritten(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T) (args []string)
		want  string
	}{
		{"header that can't be parsed", func(t *testing.T) []string {
			write(t, "x.h", "int rados_a(void);\n#error no\n")
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
			edit(t, load.SpecFile, "functions:\n", "functions: {\n")
			return nil
		}, "^spec/bindings.yaml:[0-9]+: no valid YAML: "},
		{"spec with unknown keys", func(t *testing.T) []string {
			edit(t, load.SpecFile, "receiver: c", "reciever: c")
			edit(t, load.SpecFile, "ret: count", "red: count")
			return nil
		}, `^spec/bindings.yaml:\d+:5: unknown key "reciever" in handle rados_t
  did you mean "receiver"\?
spec/bindings.yaml:\d+:5: unknown key "red" in function rados_\w+
  did you mean "ret"\?$`},
		{"spec that does not fit", func(t *testing.T) []string {
			edit(t, load.SpecFile, "buf: {as: fill, ", "buf: {as: fil, ")
			return nil
		}, `^spec/bindings.yaml:\d+:\d+: rados_\w+: "fil", for buf, is no role
  did you mean "fill"\?$`},
		{"snapshot that was edited", func(t *testing.T) []string {
			edit(t, "spec/api/16.2.txt", "\nfunc ", "\nfunk ")
			return nil
		}, `^spec/api/16.2.txt:\d+:1: "funk" is not a kind of declaration$`},
		{"template that is broken", func(t *testing.T) []string {
			edit(t, "templates/coverage.md.tmpl", "{{end}}", "{{ende}}")
			return nil
		}, `coverage.md.tmpl`},
		{"no spec", func(t *testing.T) []string {
			require.NoError(t, os.Remove(load.SpecFile))
			return nil
		}, "^open spec/bindings.yaml: no such file"},
		{"no snapshots", func(t *testing.T) []string {
			require.NoError(t, os.RemoveAll(load.SnapshotDir))
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
			assert.NoFileExists(t, "rados/zz_library.h")
			assert.NoFileExists(t, "docs/COVERAGE.md")
		})
	}
}

// TestChangedHeader has a header that differs from the recorded one: each
// difference is named with its place here and there, and in the spec.
func TestChangedHeader(t *testing.T) {
	goldens := []gentest.Input{gentest.Load(t, "base"), gentest.Load(t, "out-struct")}
	p := gentest.Plan(t, goldens...)
	text, _ := gentest.Headers(goldens)
	recorded, err := gentest.Header.ParseSource("recorded.h", []byte(text))
	require.NoError(t, err)
	var snapshot strings.Builder
	recorded.Release = "14.2"
	require.NoError(t, release.Write(&snapshot, recorded))
	recorded, err = release.Read("spec/api/14.2.txt", strings.NewReader(snapshot.String()))
	require.NoError(t, err)

	l := &load.Library{Plan: p, Input: &load.Input{APIs: []*model.API{recorded}}}

	const before, size = "int rados_go(rados_t cluster);\n", "{ uint64_t bytes, objects; }"
	for _, c := range []struct{ name, old, new, recorded, declared, want string }{
		{
			"changed signature", before, "int rados_go(rados_t cluster, int how);\n", "int rados_go(", "int rados_go(", `Changed:
  func      - int rados_go(rados_t cluster)
            + int rados_go(rados_t cluster, int how)
              (RECORDED:1, DECLARED:5, used at base.yaml:22:3)
`,
		},
		{
			"removed function", before, "", "int rados_go(", "", `Removed:
  func        int rados_go(rados_t cluster)
              (RECORDED:1, used at base.yaml:22:3)
`,
		},
		{
			"new function", before, before + "int rados_go2(rados_t cluster);\n", "", "int rados_go2(", `Added:
  func        int rados_go2(rados_t cluster)
              (DECLARED:5)
`,
		},
		{
			"new struct field", size, "{ uint64_t bytes, objects, omaps; }", "struct rados_size_t: ", "struct rados_size_t {", `Added:
  layout      struct rados_size_t: at 16: uint64_t omaps
              (DECLARED:1, used at out-struct.yaml:2:3)

Changed:
  layout    - struct rados_size_t: 16 bytes
            + struct rados_size_t: 24 bytes
              (RECORDED:1, DECLARED:1, used at out-struct.yaml:2:3)
`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			require.Contains(t, text, c.old)
			changed := strings.Replace(text, c.old, c.new, 1)
			write(t, "changed.h", changed)
			want := strings.NewReplacer(
				"RECORDED", "spec/api/14.2.txt:"+lineOf(snapshot.String(), c.recorded),
				"DECLARED", "changed.h:"+lineOf(changed, c.declared),
			).Replace(c.want)
			assert.EqualError(t, matchHeader("changed.h", l, io.Discard),
				"changed.h matches no snapshot; nearest is 14.2:\n\n14.2 to this header:\n\n"+want+
					"\nRecord it first: go run ./gen snapshot --release R changed.h")
		})
	}
	t.Run("unknown type", func(t *testing.T) {
		t.Chdir(t.TempDir())
		write(t, "changed.h", strings.Replace(text, "int rados_go(rados_t cluster);", "int rados_go(rados_tt cluster);", 1))
		err := matchHeader("changed.h", l, io.Discard)
		require.ErrorContains(t, err, `
Added:
  unsupported  rados_go: unexpected identifier, expected ')'; if rados_tt is a type, nothing declares it before
              (changed.h:`)
	})
}

// lineOf is the number of the first line that has part in it.
func lineOf(text, part string) string {
	before, _, _ := strings.Cut(text, part)
	return strconv.Itoa(1 + strings.Count(before, "\n"))
}
