package fakerados_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/internal/fakerados"
)

// TestPipelineLeftByAPanic: whatever ends the loop, what was under way is given up, and
// nothing is left of it: no room that is taken, no memory that is pinned.
func TestPipelineLeftByAPanic(t *testing.T) {
	type leave func(where string)
	ways := map[string]leave{}
	for _, from := range []string{"loop", "tasks"} {
		ways["panic in the "+from] = func(where string) {
			if where == from {
				panic("left")
			}
		}
		ways["Goexit in the "+from] = func(where string) {
			if where == from {
				runtime.Goexit()
			}
		}
	}
	for name, leave := range ways {
		t.Run(name, func(t *testing.T) {
			o := both(t)
			require.NoError(t, o.conn.SetMaxInFlight(2, 0))
			for range 20 {
				fakerados.Hold("rados_read_op_operate")
				left := make(chan struct{})
				go func() {
					defer close(left)
					defer func() { _ = recover() }()
					for range rados.Pipeline(t.Context(), 4, func(yield func(*rados.Task) bool) {
						reads := rados.CreateReadOp()
						reads.Read(0, make([]byte, 8))
						_ = yield(o.ioctx.ReadTask("object", make([]byte, 8), 0)) &&
							yield(o.ioctx.StatTask("object")) &&
							yield(reads.Task(o.ioctx, "object", 0))
						leave("tasks")
					}) {
						leave("loop")
					}
				}()
				<-left
				fakerados.Release("rados_read_op_operate")
			}
			collect() // where something were still pinned, Go would end the process
			require.NoError(t, o.conn.SetMaxInFlight(1, 0))
			assert.NoError(t, second(o.ioctx.ReadContext(t.Context(), "object", make([]byte, 8), 0)))
		})
	}
}
