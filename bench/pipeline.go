package main

import (
	"context"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// flight is a reusable task.
type flight struct {
	*rados.Task
	began time.Time
}

// pipeline keeps all operations in flight from one goroutine, with a Pipeline.
func pipeline(r *round) error {
	var idle []*flight
	for range r.Depth {
		idle = append(idle, newFlight(r))
	}
	tasks := func(yield func(*rados.Task) bool) {
		for oid, began, ok := r.claim(); ok; oid, began, ok = r.claim() {
			f := idle[len(idle)-1]
			idle = idle[:len(idle)-1]
			f.began = began
			f.take(r, oid)
			if !yield(f.Task) {
				return
			}
		}
	}
	r.start()
	for task := range rados.Pipeline(context.Background(), r.Depth, tasks) {
		if task.Err != nil {
			return task.Err
		}
		f := task.Tag.(*flight)
		r.record(f.began)
		idle = append(idle, f)
	}
	return nil
}

func newFlight(r *round) *flight {
	f := &flight{}
	switch r.Kind {
	case read:
		f.Task = r.ioctx.Tasks().Read("", r.buffer(), 0)
	case write:
		f.Task = r.ioctx.Tasks().Write("", r.buffer(), 0)
	case stat:
		f.Task = r.ioctx.Tasks().Stat2("")
	}
	return f
}

// take prepares the task for an object. The task of a ReadOp or WriteOp is made anew,
// since an operation can be performed only once.
func (f *flight) take(r *round, oid string) {
	switch r.Kind {
	case setOmap:
		op := rados.CreateWriteOp()
		op.SetOmap(pairs)
		f.Task = op.Task(r.ioctx, oid, 0)
	case listOmap:
		op := rados.CreateReadOp()
		op.GetOmapValues("", "", omapEntries)
		f.Task = op.Task(r.ioctx, oid, 0)
	default:
		f.Object = oid
	}
	f.Tag = f
}
