package main

import (
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/header"
	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

// TestChangedHeader has a header that says something else than what is recorded: each
// difference is named with its place here and there, and in the spec.
func TestChangedHeader(t *testing.T) {
	goldens := []gentest.Input{gentest.Load(t, "base"), gentest.Load(t, "out-struct")}
	p := gentest.Plan(t, goldens...)
	text, _ := gentest.Headers(goldens)
	recorded, err := header.ParseSource("recorded.h", []byte(text))
	require.NoError(t, err)
	var snapshot strings.Builder
	recorded.Release = "14.2"
	require.NoError(t, release.Write(&snapshot, recorded))
	recorded, err = release.Read("spec/api/14.2.txt", strings.NewReader(snapshot.String()))
	require.NoError(t, err)

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
			assert.EqualError(t, matchHeader("changed.h", p, []*model.API{recorded}, io.Discard),
				"changed.h matches no snapshot; nearest is 14.2:\n\n14.2 to this header:\n\n"+want+
					"\nRecord it first: go run ./gen snapshot --release R changed.h")
		})
	}
	t.Run("unknown type", func(t *testing.T) {
		t.Chdir(t.TempDir())
		write(t, "changed.h", strings.Replace(text, "int rados_go(rados_t cluster);", "int rados_go(rados_tt cluster);", 1))
		err := matchHeader("changed.h", p, []*model.API{recorded}, io.Discard)
		require.Error(t, err)
		assert.Regexp(t, `^changed\.h:\d+:\d+: unexpected identifier, expected '\)'
  if rados_tt is to be a type: nothing declares it before
  int rados_go\(rados_tt cluster\);$`, err.Error())
	})
}

// lineOf is the number of the first line that has part in it.
func lineOf(text, part string) string {
	before, _, _ := strings.Cut(text, part)
	return strconv.Itoa(1 + strings.Count(before, "\n"))
}
