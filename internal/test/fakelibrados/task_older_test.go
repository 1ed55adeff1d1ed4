package fakelibrados_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

//lint:file-ignore SA1019 It tests deprecated methods.

// TestOlderTasks makes tasks with the deprecated methods, whose names their errors have.
func TestOlderTasks(t *testing.T) {
	ioctx := opened(t)
	older := map[string]*rados.Task{
		"AppendTask":    ioctx.AppendTask("object", data),
		"DeleteTask":    ioctx.DeleteTask("object"),
		"ReadTask":      ioctx.ReadTask("object", buffer, 0),
		"StatTask":      ioctx.StatTask("object"),
		"WriteFullTask": ioctx.WriteFullTask("object", data),
		"WriteTask":     ioctx.WriteTask("object", data, 0),
	}
	for _, task := range older {
		require.NoError(t, performed(t, task).Err)
	}
	assert.Equal(t, 1, fakelibrados.Calls("rados_stat2"))
	ioctx.Destroy()
	for name, task := range older {
		var of *rados.ObjectError
		require.ErrorAs(t, performed(t, task).Err, &of)
		assert.Equal(t, name, of.Op)
	}
}
