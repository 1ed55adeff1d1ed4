package ir_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// small is a plan in which parts refer to each other.
func small() *ir.Plan {
	conn := &ir.Handle{Handle: &spec.Handle{C: "rados_t", Go: "Conn"}}
	f := &ir.Function{
		Func:  &model.Func{Name: "rados_a", Result: model.Type{Base: "int"}, Params: []model.Param{{Name: "c", Type: model.Type{Base: "rados_t"}}}},
		Since: "14.2",
		Spec:  &spec.Function{Disposition: spec.Go, Target: "Conn.A"},
	}
	m := &ir.Method{
		Recv: conn, Name: "A", Doc: "A does this\nand that.", Params: []ir.Var{{Name: "n", Type: "int"}},
		Calls: []*ir.Call{{Function: f, Ret: &ir.Ret{RetRole: ir.RetRole{Name: "errno", Meaning: "an errno"}}, Args: []*ir.Arg{{
			Pos: model.Pos{File: "s.yaml", Line: 1, Col: 2}, Role: "receiver", Param: f.Params[0],
			Keys:  &spec.Arg{Pos: model.Pos{File: "s.yaml", Line: 1, Col: 2}},
			Facts: ir.Facts{Handle: conn, Opaque: true},
		}}}},
	}
	return &ir.Plan{Handles: []*ir.Handle{conn}, Functions: []*ir.Function{f}, Methods: []*ir.Method{m}}
}

func TestWriteText(t *testing.T) {
	var text strings.Builder
	require.NoError(t, ir.WriteText(&text, ir.TreeOf(small())))
	assert.Equal(t, `handles:
  - c: rados_t
    go: Conn
functions:
  - c: int rados_a(rados_t c)
    since: 14.2
    spec: go Conn.A
methods:
  - recv: Conn
    name: A
    doc:
      A does this
      and that.
    calls:
      - function: rados_a
        args:
          - pos: s.yaml:1:2
            role: receiver
            param: rados_t c
            facts:
              handle: Conn
              opaque: true
        ret:
          name: errno
    params: n int
`, text.String())
}

func TestWriteJSON(t *testing.T) {
	var text strings.Builder
	require.NoError(t, ir.WriteJSON(&text, ir.TreeOf(small().Methods[0])))
	assert.Equal(t, `{
  "recv": "Conn",
  "name": "A",
  "doc": "A does this\nand that.",
  "calls": [
    {
      "function": "rados_a",
      "args": [{"pos":"s.yaml:1:2","role":"receiver","param":"rados_t c","facts":{"handle":"Conn","opaque":true}}],
      "ret": {"name":"errno"}
    }
  ],
  "params": ["n int"]
}
`, text.String())
}
