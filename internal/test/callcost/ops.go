package main

import (
	"context"
	"fmt"
	"log"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
)

// op is an operation or a listing, and the customary way to do it.
type op struct {
	name      string
	items     int // the number of items in one operation
	ours      func(n int)
	customary func(n int)
	// clock returns the time to measure; nil means wall-clock time. With another clock,
	// ten times as many operations are measured, since their setup takes longer.
	clock func() time.Duration
}

// The cost of calls in flight is the CPU time of the process. The fake completes a call
// before the function that starts it returns. Either one goroutine runs a Pipeline of
// depth pipelined on one processor, or many goroutines make a call each on all
// processors, of which a few are asynchronous.
const (
	pipelined = 128
	many      = 64
)

// listed is the number of omap entries and objects of the fake in quick mode.
const listed = 100_000

func ops(ioctx *rados.IOContext) []op {
	const oid = "rbd_header.1f2e3d4c5b6a"
	pairs := map[string][]byte{}
	for i := range 4 {
		pairs[fmt.Sprintf("snapshot_%016x", i)] = make([]byte, 100)
	}
	data := make([]byte, 4096)

	ctx := context.Background()
	customaryAios := func(n int) {
		for range n {
			customaryAio(oid, data)
		}
	}

	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	all := func(seen int) {
		if seen != listed {
			log.Fatalf("went through %d of %d", seen, listed)
		}
	}
	return []op{
		{name: "an asynchronous call of a Pipeline", items: 1, clock: cpuTime, ours: func(n int) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			tasks := make([]*rados.Task, pipelined+1)
			for i := range tasks {
				tasks[i] = ioctx.Tasks().Read(oid, data, 0)
			}
			next := func(yield func(*rados.Task) bool) {
				for i := 0; i < n && yield(tasks[i%len(tasks)]); i++ {
				}
			}
			for task := range rados.Pipeline(ctx, pipelined, next) {
				check(task.Err)
			}
		}, customary: customaryAios},
		{name: "ReadContext of 64 goroutines", items: 1, clock: cpuTime, ours: func(n int) {
			var left atomic.Int64
			left.Store(int64(n))
			var wg await.Group
			for range min(n, many) {
				wg.Go(func() {
					buf := make([]byte, len(data))
					for left.Add(-1) >= 0 {
						_, err := ioctx.ReadContext(ctx, oid, buf, 0)
						check(err)
					}
				})
			}
			wg.Wait()
		}, customary: customaryAios},
		{"WriteOp, SetOmap of 4", 1, func(n int) {
			for range n {
				op := rados.CreateWriteOp()
				op.SetOmap(pairs)
				check(op.Operate(ioctx, oid, 0))
				op.Release()
			}
		}, func(n int) {
			for range n {
				customarySetOmap(oid, pairs)
			}
		}, nil},
		{"SetOmap of 4", 1, func(n int) {
			for range n {
				check(ioctx.SetOmap(oid, pairs))
			}
		}, func(n int) {
			for range n {
				customarySetOmap(oid, pairs)
			}
		}, nil},
		{"ReadOp, a Read", 1, func(n int) {
			for range n {
				op := rados.CreateReadOp()
				op.Read(0, data)
				check(op.Operate(ioctx, oid, 0))
				op.Release()
			}
		}, func(n int) {
			for range n {
				customaryReadOp(oid, data)
			}
		}, nil},
		{"GetOmapValues, a key", listed, func(n int) {
			for range n {
				seen, after := 0, ""
				for more := true; more; {
					op := rados.CreateReadOp()
					step := op.GetOmapValues(after, "", 1<<62)
					check(op.Operate(ioctx, oid, 0))
					for kv, err := step.Next(); kv != nil; kv, err = step.Next() {
						check(err)
						after = kv.Key
						seen++
					}
					more = step.More()
				}
				all(seen)
			}
		}, listOmap, nil},
		{"Omap, a key", listed, func(n int) {
			for range n {
				seen := 0
				for _, err := range ioctx.Omap(oid, "", "") {
					if err != nil {
						log.Fatal(err)
					}
					seen++
				}
				all(seen)
			}
		}, listOmap, nil},
		{"OmapViews, a key", listed, func(n int) {
			for range n {
				seen := 0
				for _, err := range ioctx.OmapViews(oid, "", "") {
					if err != nil {
						log.Fatal(err)
					}
					seen++
				}
				all(seen)
			}
		}, listOmap, nil},
		{"ListOmapValues, a key", listed, func(n int) {
			for range n {
				seen := 0
				check(ioctx.ListOmapValues(oid, "", "", -1, func(string, []byte) { seen++ }))
				all(seen)
			}
		}, listOmap, nil},
		{"Iter.Next", listed, func(n int) {
			for range n {
				iter, err := ioctx.Iter()
				check(err)
				seen := 0
				for iter.Next() {
					seen += len(iter.Value()[:1])
				}
				check(iter.Err())
				iter.Close()
				all(seen)
			}
		}, func(n int) {
			for range n {
				customaryList(func(string, string, string) {})
			}
		}, nil},
	}
}

// cpuTime is how long processors have worked for this process.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func listOmap(n int) {
	for range n {
		customaryOmap("object", func(string, []byte) {})
	}
}
