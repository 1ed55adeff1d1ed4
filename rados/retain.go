package rados

import (
	"context"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/handle"
)

// The data of a write that was cancelled stays in the output queue of librados until the OSD has
// taken it from the socket, or the connection to the OSD is reset. librados does not tell when. So
// the bytes keep counting against the bound of the connection, and a probe is sent after them: a
// Stat of the same object, thus to the same OSD. Messages on a connection are delivered in order,
// and librados sends the probe again after a reset; whatever the answer is, the data is gone.

const (
	// leastRetained is the number of bytes below which no probe is sent: it takes some itself. Calls
	// that send as many wait for room in the bound of the connection, also those without a context.
	leastRetained = 64 << 10
	// mostRetaining bounds the probes of a connection that are in flight, which librados counts
	// as calls: it is part of what callsBound spares. Others wait for their turn.
	mostRetaining = 16
	// longestRetained ends a probe. An OSD that takes messages does not answer while the
	// placement group is inactive, and one that does not is marked down within that time, unless
	// the cluster has too few OSDs to notice; then its connection is closed.
	longestRetained = time.Minute
)

// endedSent is ended for a call that has sent data for object oid. If the call has ended without an
// answer of the OSD, the data may still be in memory, and its bytes count until it is gone.
func (ioctx *IOContext) endedSent(ctx context.Context, call *aio.Call, oid string, ret int64) error {
	unanswered := ret == -int64(syscall.ECANCELED) || ret == -int64(syscall.ETIMEDOUT)
	if !unanswered || call.Bytes < leastRetained || ioctx.conn.handle.Err() != nil {
		return ioctx.ended(ctx, call, ret)
	}
	lane, bytes, changes := call.Lane, call.Bytes, call.Changes
	call.Free()
	ioctx.conn.inflight.ExitCall()
	err := ioctx.failure(ctx, ret, changes)
	go ioctx.retain(oid, bytes, lane)
	return err
}

// retain has bytes count until a probe of object oid is answered, or the connection is shut down.
// It stays inside ioctx, by lane, which may be destroyed meanwhile.
func (ioctx *IOContext) retain(oid string, bytes int64, lane *handle.Lane) {
	conn := ioctx.conn
	ctx, cancel := context.WithTimeout(context.Background(), longestRetained)
	defer cancel()
	defer ioctx.exit(lane)
	defer conn.inflight.Release(bytes)
	if conn.retaining.Enter(ctx, conn.handle, 0) != nil {
		return
	}
	defer conn.retaining.Exit(0)
	for ctx.Err() == nil && conn.handle.Err() == nil {
		call := calls.TakeLong(conn.handle.Gate()) // Shutdown cancels it, but not Destroy
		ret := call.Wait(ctx, ioctx.startStat2(call, oid))
		call.Free()
		if ret != -int64(syscall.ETIMEDOUT) { // rados_osd_op_timeout is no answer
			return
		}
	}
}
