package check_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
)

// TestAcceptedSign has numbers whose sign differs between releases: the Go types are those of the newest
// release, or those of type, as the advice on such a difference says.
func TestAcceptedSign(t *testing.T) {
	for name, c := range map[string]struct{ args, param, result string }{
		"newest": {"left: {as: out-value}", "int64", "uint32"},
		"kept":   {"size: {type: uint64}, left: {as: out-value, type: int32}", "uint64", "int32"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := gentest.Build(t, gentest.Load(t, "base"), gentest.Input{
				Name:   "s",
				Older:  "int rados_cut(rados_t cluster, uint64_t size, int32_t *left);\n",
				Header: "int rados_cut(rados_t cluster, int64_t size, uint32_t *left);\n",
				Spec:   "accept: {rados_cut: no size is above 1<<63}\nfunctions:\n  rados_cut: {go: Conn.Cut, args: {" + c.args + "}, doc: Cut does.}\n",
			})
			require.NoError(t, err)
			code := gentest.Render(t, p)
			assert.Contains(t, code.Go, "func (c *Conn) Cut(size "+c.param+") ("+c.result+", error) {")
		})
	}
}
