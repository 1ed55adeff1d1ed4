package fakelibrados_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// TestNoBytes (A.5): what was sent as nothing is nil, and so is the output of a command that
// has none, even if C hands out memory for it. A value that is there but empty is not nil:
// nil stands for one that is absent.
func TestNoBytes(t *testing.T) {
	o := both(t)
	w := watch(t, o.ioctx)
	fakelibrados.Notify(0, 1, 1, "")
	assert.Equal(t, []byte(nil), next(t, w.Events()).Data)
	require.NoError(t, w.Delete())

	for _, response := range [][]byte{nil, {}} {
		fakelibrados.Answer("rados_notify2", reply([]rados.NotifyAck{{Response: response}}, nil))
		acks, _, err := o.ioctx.Notify("object", nil)
		require.NoError(t, err)
		require.Len(t, acks, 1)
		assert.Equal(t, []byte(nil), acks[0].Response)
	}

	fakelibrados.Answer("rados_mon_command", "", "status")
	output, status, err := o.conn.MonCommand([]byte(`{"prefix":"status"}`))
	require.NoError(t, err)
	assert.Equal(t, "status", status)
	assert.Equal(t, []byte(nil), output)

	fakelibrados.Answer("rados_read_op_getxattrs", "key", "")
	xattrs, err := o.ioctx.ListXattrs("object")
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"key": {}}, xattrs)

	fakelibrados.Answer("rados_read_op_omap_get_vals2", "key", "")
	values, err := o.ioctx.GetOmapValues("object", "", "", 10)
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"key": {}}, values)

	r := rados.CreateReadOp()
	pairs := r.GetOmapValues("", "", 10)
	exec := r.Exec("class", "method", nil)
	require.NoError(t, r.Operate(o.ioctx, "object", 0))
	pair, err := pairs.Next()
	require.NoError(t, err)
	assert.Equal(t, &rados.OmapKeyValue{Key: "key", Value: []byte{}}, pair)
	out, err := exec.Bytes()
	require.NoError(t, err)
	assert.Equal(t, []byte{}, out)
}
