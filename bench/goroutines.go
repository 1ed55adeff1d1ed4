package main

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/go-rados/go-rados/rados"
)

// methods calls the methods without a context from one goroutine for each operation
// in flight.
func methods(r *round) error {
	if !single(r.Case) {
		return r.whole()
	}
	return r.goroutines(r.Depth, func(oid string, buf []byte) (err error) {
		switch r.Kind {
		case read:
			_, err = r.ioctx.Read(oid, buf, 0)
		case write:
			err = r.ioctx.Write(oid, buf, 0)
		case stat:
			_, err = r.ioctx.Stat(oid)
		case setOmap:
			err = r.ioctx.SetOmap(oid, pairs)
		case listOmap:
			err = r.listOmap(oid)
		}
		return err
	})
}

func (r *round) listOmap(oid string) error {
	for _, err := range r.ioctx.OmapViews(oid, "", "") {
		if err != nil {
			return err
		}
	}
	return nil
}

// contextForms does the same with a context that can be cancelled.
func contextForms(r *round) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return r.goroutines(r.Depth, func(oid string, buf []byte) (err error) {
		switch r.Kind {
		case read:
			_, err = r.ioctx.ReadContext(ctx, oid, buf, 0)
		case write:
			err = r.ioctx.WriteContext(ctx, oid, buf, 0)
		case stat:
			_, err = r.ioctx.StatContext(ctx, oid)
		case setOmap:
			err = r.ioctx.SetOmapContext(ctx, oid, pairs)
		case listOmap:
			op := rados.CreateReadOp()
			step := op.GetOmapValues("", "", 1024)
			if err = op.OperateContext(ctx, r.ioctx, oid, 0); err == nil {
				for kv, _ := step.Next(); kv != nil; kv, _ = step.Next() {
				}
			}
		}
		return err
	})
}

// pairs are the omap keys that a setOmap operation sets.
var pairs = map[string][]byte{
	"snapshot_0": make([]byte, 100), "snapshot_1": make([]byte, 100),
	"snapshot_2": make([]byte, 100), "snapshot_3": make([]byte, 100),
}

// goroutines performs operations from n goroutines.
func (r *round) goroutines(n int, perform func(oid string, buf []byte) error) error {
	var start, done sync.WaitGroup
	var failed atomic.Pointer[failure]
	start.Add(1)
	for range n {
		buf := r.buffer()
		done.Go(func() {
			start.Wait()
			for oid, began, ok := r.claim(); ok && failed.Load() == nil; oid, began, ok = r.claim() {
				if err := perform(oid, buf); err != nil {
					failed.Store(&failure{err})
					return
				}
				r.record(began)
			}
		})
	}
	r.start()
	start.Done()
	done.Wait()
	if f := failed.Load(); f != nil {
		return f.err
	}
	return nil
}

// failure holds an error, for an atomic.Pointer.
type failure struct{ err error }
