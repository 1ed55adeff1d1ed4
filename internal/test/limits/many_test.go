package limits

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/misuse"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// The tests of this file log what large numbers cost, and expect few threads and an end by Shutdown.

// most threads of this process: those of librados and Go, and 64 that calls may block.
const most = 200

func TestManyIOContexts(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	conn := radostest.Conn(t)
	pool(t, conn, "iocontexts")
	n := number(25_000, 5_000)
	list := make([]*rados.IOContext, n)
	cost(t, fmt.Sprint(n, " IOContexts"), func() {
		for i := range list {
			var err error
			list[i], err = conn.OpenIOContext("iocontexts")
			require.NoError(t, err)
		}
	})
	assert.Less(t, process.Threads(), most)
	require.NoError(t, list[n-1].WriteFull("object", []byte("data")))
	cost(t, "Destroy of half of them", func() {
		for _, ioctx := range list[:n/2] {
			ioctx.Destroy()
		}
	})
	cost(t, "Shutdown", conn.Shutdown)
	assert.ErrorIs(t, list[n-1].WriteFull("object", nil), rados.ErrNotConnected)
}

// watchesEach is the number of watches of one object. Its OSD writes all of them when one is added.
const watchesEach = 100

func TestManyWatches(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	conn := radostest.Conn(t)
	ioctx := pool(t, conn, "watches")
	n := number(11_000, 1_000)
	watches := make([]*rados.Watcher, n)
	cost(t, fmt.Sprint(n, " watches"), func() { forParts(watches, func(oid string, part []*rados.Watcher) { watchMany(t, ioctx, oid, part) }) })
	assert.Less(t, process.Threads(), most)
	require.NotContains(t, watches, (*rados.Watcher)(nil))
	cost(t, "a notification for each", func() {
		forParts(watches, func(oid string, part []*rados.Watcher) {
			acks, timeouts, err := ioctx.NotifyWithTimeout(oid, []byte("news"), await.Patience)
			assert.NoError(t, err)
			assert.Len(t, acks, len(part))
			assert.Empty(t, timeouts)
		})
	})
	assert.Less(t, process.Threads(), most)
	cost(t, "Delete of half of them", func() {
		var wg await.Group
		for _, w := range watches[:n/2] {
			wg.Go(func() { assert.NoError(t, w.Delete()) })
		}
		wg.Wait()
	})
	cost(t, "Shutdown", conn.Shutdown)
	for _, w := range watches {
		await.Closed(t, w.Events())
	}
}

// forParts calls f for the watches of each object, at the same time for several of them.
func forParts(watches []*rados.Watcher, f func(oid string, part []*rados.Watcher)) {
	turns := make(chan struct{}, 16)
	var wg await.Group
	i := 0
	for part := range slices.Chunk(watches, watchesEach) {
		oid := fmt.Sprint("object-", i)
		i++
		turns <- struct{}{}
		wg.Go(func() {
			f(oid, part)
			<-turns
		})
	}
	wg.Wait()
}

// watchMany opens watches of an object, which acknowledge each notification.
func watchMany(t *testing.T, ioctx *rados.IOContext, oid string, watches []*rados.Watcher) {
	assert.NoError(t, ioctx.WriteFull(oid, nil))
	for i := range watches {
		w, err := ioctx.Watch(oid)
		if !assert.NoError(t, err) {
			return
		}
		watches[i] = w
		go func() {
			for e := range w.Events() {
				assert.NoError(t, e.Ack(nil))
			}
		}()
	}
}

func TestManyGoroutines(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	conn := radostest.Conn(t)
	ioctx := pool(t, conn, "goroutines")
	n := number(100_000, 20_000)
	cost(t, fmt.Sprint(n, " goroutines that write, read and stat"), func() {
		var wg await.Group
		for i := range n {
			wg.Go(func() {
				oid := fmt.Sprint(i % 100)
				assert.NoError(t, ioctx.WriteFull(oid, []byte("data")))
				_, err := ioctx.Stat(oid)
				assert.NoError(t, err)
				b := make([]byte, 4)
				_, err = ioctx.Read(oid, b, 0)
				assert.NoError(t, err)
			})
		}
		wg.Wait()
	})
	assert.Less(t, process.Threads(), most)
	cost(t, "Shutdown", conn.Shutdown)
}

// TestManyCancelled cancels thousands of calls of each method that takes a context while the cluster is
// paused.
func TestManyCancelled(t *testing.T) {
	if testing.Short() {
		t.Skip("pauses a cluster of its own")
	}
	cluster := radostest.Start(t)
	s := misuse.OnCluster(func() *rados.Conn { return cluster.Conn(t) })
	conn := cluster.Conn(t)
	require.NoError(t, misuse.MakeObjects(conn))
	calls := withContext(s)
	pause(t, cluster)
	n := number(10_000, 200)
	cost(t, fmt.Sprintf("%d cancelled calls of %d methods", n, len(calls)), func() {
		for _, call := range calls {
			began := process.Resident()
			cancelMany(t, call, n)
			assert.Less(t, process.Threads(), most, call)
			if grown := (process.Resident() - began) >> 20; grown > 64 {
				t.Logf("%v: %d MiB", call, grown)
			}
		}
	})
	resume(t, cluster)
	for _, call := range calls {
		call.End()
	}
	s.Close()
	cost(t, "Shutdown", conn.Shutdown)
}

// withContext returns a call of each method that takes a context.
func withContext(s *misuse.Fixture) (calls []misuse.Call) {
	for _, f := range misuse.Functions("rados") {
		if slices.Contains(f.Params, "ctx") && f.Name != "Open" && f.Name != "Conn.ConnectContext" {
			calls = append(calls, s.Choices(f).Ordinary())
		}
	}
	return calls
}

// cancelMany makes a call n times at the same time, with a context that is cancelled then.
func cancelMany(t *testing.T, call misuse.Call, n int) {
	ctx, cancel := context.WithCancel(t.Context())
	call = call.WithContext(ctx)
	var wg await.Group
	for range n {
		wg.Go(func() {
			o := call.Do()
			assert.NoError(t, o.Failure)
			o.End()
		})
	}
	for range 20 { // until the others wait
		runtime.Gosched()
	}
	cancel()
	wg.Wait()
}
