package admit

import (
	"context"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/handle"
)

// The data of a write that was cancelled stays in the output queue of librados until the OSD has
// taken it from the socket, or the connection to the OSD is reset. librados does not report when.
// So the bytes keep counting against the limit of the connection, and a probe is sent after them: a
// read of the same object, thus to the same OSD. Messages on a connection are delivered in order,
// and librados sends the probe again after a reset; whatever the answer is, the data is gone.

const (
	// MinRetained is the number of bytes below which no probe is sent, since a probe takes memory
	// itself. Calls that send as many wait for room in InFlight, also those without a context.
	MinRetained = 64 << 10
	// maxRetained bounds the probes of a connection that are in flight, which librados counts as
	// calls. Others wait for their turn.
	maxRetained = 16
	// maxRetention ends a probe. An OSD that takes messages does not answer while the placement
	// group is inactive, and one that does not is marked down within that time, unless the cluster
	// has too few OSDs to notice; then its connection is closed.
	maxRetention = time.Minute
)

// Retains reports whether librados may still have the data of a call that has returned ret: the
// call has sent much, and has completed without an answer of the OSD.
func (c Caller) Retains(call *aio.Call, ret int64) bool {
	unanswered := ret == -int64(syscall.ECANCELED) || ret == -int64(syscall.ETIMEDOUT)
	return unanswered && call.Bytes >= MinRetained && c.Conn.Handle.Err() == nil
}

// FinishRetained is Finish for a call whose data may still be in memory. Its bytes count until a
// call that probe starts has completed, or the connection is shut down. The handle stays entered until
// then, but may be closed.
func (c Caller) FinishRetained(ctx context.Context, call *aio.Call, ret int64, probe func(*aio.Call) int64) error {
	shard, bytes, changes := call.Shard, call.Bytes, call.Changes
	call.Release()
	c.Conn.RetainedBytes.Add(bytes)
	c.Conn.InFlight.ExitCall()
	err := c.failure(ctx, ret, changes)
	go c.retain(bytes, shard, probe)
	return err
}

func (c Caller) retain(bytes int64, shard *handle.Shard, probe func(*aio.Call) int64) {
	ctx, cancel := context.WithTimeout(context.Background(), maxRetention)
	defer cancel()
	defer c.Handle.Exit(shard)
	defer c.Conn.InFlight.Release(bytes)
	defer c.Conn.RetainedBytes.Add(-bytes)
	if c.Conn.Retained.Enter(ctx, c.Conn.Handle, 0) != nil {
		return
	}
	defer c.Conn.Retained.Exit(0)
	UntilAnswered(ctx, 0, func() int64 {
		if c.Conn.Handle.Err() != nil {
			return -int64(syscall.ESHUTDOWN)
		}
		call := c.Conn.Calls.AcquireUncounted(c.Conn.Handle.Refs()) // Shutdown cancels it, but closing the handle does not
		code := call.Wait(ctx, probe(call))
		call.Release()
		return code
	})
}

// UntilAnswered calls probe until it returns another code than that of ETIMEDOUT, which stands for
// no answer, or ctx is done. It pauses after each attempt.
func UntilAnswered(ctx context.Context, pause time.Duration, probe func() int64) {
	for ctx.Err() == nil && probe() == -int64(syscall.ETIMEDOUT) {
		if pause > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
		}
	}
}
