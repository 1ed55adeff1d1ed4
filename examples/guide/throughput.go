package guide

import (
	"context"
	"sync"

	"github.com/go-rados/go-rados/rados"
)

// writeAll writes the objects, 64 at the same time, from one goroutine.
func writeAll(ctx context.Context, ioctx *rados.IOContext, objects map[string][]byte) error {
	tasks := func(yield func(*rados.Task) bool) {
		for oid, data := range objects {
			if !yield(ioctx.Tasks().WriteFull(oid, data)) {
				return
			}
		}
	}
	for task := range rados.Pipeline(ctx, 64, tasks) {
		if task.Err != nil {
			return task.Err // ends the others
		}
	}
	return ctx.Err() // which ends the loop as well
}

// sizes returns the sizes of the objects, from one goroutine for each.
func sizes(ctx context.Context, ioctx *rados.IOContext, oids []string) ([]uint64, error) {
	list, failed := make([]uint64, len(oids)), make(chan error, len(oids))
	var wait sync.WaitGroup
	for i, oid := range oids {
		wait.Add(1)
		go func() {
			defer wait.Done()
			stat, err := ioctx.Stat2Context(ctx, oid)
			if err != nil {
				failed <- err
			}
			list[i] = stat.Size
		}()
	}
	wait.Wait()
	close(failed)
	return list, <-failed // nil if none failed
}

// bounded connects with bounds for a program that must not use much memory.
func bounded(ctx context.Context) (*rados.Conn, error) {
	return rados.Open(ctx, rados.Config{
		MaxInFlight:      256,
		MaxInFlightBytes: 32 << 20,
		MaxBlockingCalls: 16,
	})
}
