package resolve_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
)

// TestLengths has integers after a char pointer, which may be its length: D3.
func TestLengths(t *testing.T) {
	for _, typ := range []string{
		"size_t", "ssize_t", "int", "unsigned", "long", "unsigned long long", "short", "char", "int64_t", "uint64_t", "uint32_t",
		"uint16_t", "uint8_t", "off_t", "rados_count_t",
	} {
		t.Run(typ, func(t *testing.T) {
			spelled := typ
			if typ == "unsigned" {
				spelled = "unsigned int"
			}
			err := gentest.BuildFunction(t, "typedef int64_t rados_count_t;\nint rados_a(rados_t cluster, const char *buf, "+typ+" n);",
				"{go: Conn.A, doc: A does.}")
			require.Error(t, err)
			assert.Contains(t, err.Error(), `s.yaml:2:3: rados_a: what buf means for Go can't be inferred
  n, which follows, may be its length: say length: n, or as: in-string if it ends with a NUL
  int rados_a(rados_t cluster, const char *buf, `+spelled+` n)`)
		})
	}
	for _, c := range []struct{ name, args, want string }{
		{name: "said of the text", args: "args: {buf: {as: in-string}}"},
		{name: "said of the length", args: "args: {buf: {length: n}}"},
		{name: "said of the number", args: "args: {n: {as: value}}"},
		{name: "always the same", args: "args: {n: 0}"},
		{name: "just another name says nothing", args: "args: {n: size}", want: "can't be inferred"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := gentest.BuildFunction(t, "int rados_a(rados_t cluster, const char *buf, int64_t n);", "{go: Conn.A, "+c.args+", doc: A does.}")
			if c.want != "" {
				assert.ErrorContains(t, err, c.want)
			} else {
				assert.NoError(t, err)
			}
		})
	}
}
