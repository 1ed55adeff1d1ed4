package main

import (
	stdbytes "bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
)

// The kinds of operations that are many of librados each. Of C, c/threads.c performs them.
const (
	listObjects  = "listobjects"  // all of the pool
	listParallel = "listparallel" // the same, in as many slices as the depth
	scanOmap     = "scanomap"     // of scanned keys
	notify       = "notify"       // of watchersEach watchers, which answer
	get          = "get"          // an object in pieces of 4 MiB
	put          = "put"
)

const (
	listed       = 10_000 // at least, with the objects of other cases
	scanned      = 100_000
	watchersEach = 4
)

// extraCases returns cases of these kinds, and others that few programs have.
func extraCases() []Case {
	const object = 64 << 20
	return []Case{
		{read, 4 << 20, 4, 16}, {write, 4 << 20, 4, 16}, {read, 4 << 10, 10_000, 1024}, {write, 4 << 10, 10_000, 1024},
		{listObjects, 0, 1, listed}, {listParallel, 0, 4, listed}, {scanOmap, 0, 1, 4}, {scanOmap, 0, 4, 4},
		{notify, 0, 1, 16}, {notify, 0, 16, 16}, {get, object, 1, 1}, {put, object, 1, 1},
	}
}

// wholes has the names of these kinds.
var wholes = map[string]string{
	listObjects:  fmt.Sprintf("list %d objects", listed),
	listParallel: fmt.Sprintf("list %d objects in parallel", listed),
	scanOmap:     fmt.Sprintf("list %d omap keys", scanned),
	notify:       fmt.Sprintf("notify %d watchers", watchersEach),
	get:          "get an object of 64 MiB",
	put:          "put an object of 64 MiB",
}

// whole performs operations of these kinds.
func (r *round) whole() error {
	if r.Kind == notify {
		unwatch, err := r.watchAll()
		defer unwatch()
		if err != nil {
			return err
		}
	}
	goroutines := r.Depth
	if r.Kind == listParallel {
		goroutines = 1
	}
	return r.goroutines(goroutines, func(oid string, buf []byte) error {
		switch r.Kind {
		case listObjects:
			return expectListed(r.ioctx.Objects())
		case listParallel:
			return expectListed(r.ioctx.ObjectsParallel(r.Depth))
		case scanOmap:
			return r.listOmap(oid)
		case notify:
			acks, _, err := r.ioctx.Notify(oid, nil)
			if err == nil && len(acks) != watchersEach {
				err = fmt.Errorf("%d answers", len(acks))
			}
			return err
		case get:
			return r.get(oid)
		case put:
			return r.put(oid, buf)
		}
		return errors.ErrUnsupported
	})
}

func expectListed(objects iter.Seq2[rados.Object, error]) error {
	found := 0
	for _, err := range objects {
		if err != nil {
			return err
		}
		found++
	}
	if found < listed {
		return fmt.Errorf("found %d objects", found)
	}
	return nil
}

func (r *round) get(oid string) error {
	obj, err := radosio.Open(r.ioctx, oid)
	if err != nil {
		return err
	}
	defer obj.Close()
	_, err = obj.WriteTo(io.Discard)
	return err
}

func (r *round) put(oid string, buf []byte) error {
	obj, err := radosio.Create(r.ioctx, oid)
	if err != nil {
		return err
	}
	defer obj.Close()
	_, err = obj.ReadFrom(stdbytes.NewReader(buf))
	return err
}

// watchAll watches each object watchersEach times. The watchers answer until unwatch.
func (r *round) watchAll() (unwatch func(), err error) {
	var watchers []*rados.Watcher
	var answering sync.WaitGroup
	unwatch = func() {
		for _, w := range watchers {
			_ = w.Delete() // the pool is removed as well
		}
		answering.Wait()
	}
	for i := range len(r.objects) * watchersEach {
		w, err := r.ioctx.Watch(r.objects[i/watchersEach])
		if err != nil {
			return unwatch, err
		}
		watchers = append(watchers, w)
		answering.Go(func() {
			for event := range w.Events() {
				_ = event.Ack(nil) // the notifier counts the answers
			}
		})
	}
	return unwatch, nil
}
