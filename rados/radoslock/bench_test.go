package radoslock_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radoslock"
	"github.com/go-rados/go-rados/rados/radostest"
)

// ways are the ways to wait that the benchmarks compare.
var ways = []struct {
	name string
	opt  radoslock.Option
}{
	{"both", radoslock.Description("")},
	{"poll", radoslock.Waiting(false, 20*time.Millisecond, time.Second, 0)},
	{"watch", radoslock.Waiting(true, time.Second, time.Second, 4*time.Millisecond)},
	{"watch without spread", radoslock.Waiting(true, time.Second, time.Second, 0)},
}

// clients returns n IOContexts of one namespace, on up to 8 connections.
func clients(b testing.TB, n int) []*rados.IOContext {
	first := space(b)
	ns, err := first.GetNamespace()
	require.NoError(b, err)
	list := []*rados.IOContext{first}
	for len(list) < min(n, 8) {
		ioctx, err := radostest.Conn(b).OpenIOContext(pool)
		require.NoError(b, err)
		b.Cleanup(ioctx.Destroy)
		ioctx.SetNamespace(ns)
		list = append(list, ioctx)
	}
	for len(list) < n {
		list = append(list, list[len(list)-8])
	}
	return list
}

// load returns how many messages of clients the OSD has received, and how many entries the
// logs of the pool's placement groups have got, also by failing tries: each is a write.
func load(b testing.TB, ioctx *rados.IOContext) (messages, writes float64) {
	conn := radostest.Conn(b)
	query := func(out []byte, status string, err error) []byte {
		require.NoError(b, err, status)
		return out
	}
	var osd struct {
		Messages struct{ Get float64 } `json:"throttle-osd_client_messages"`
	}
	command := []byte(`{"prefix": "perf dump", "format": "json"}`)
	require.NoError(b, json.Unmarshal(query(conn.OsdCommand(0, [][]byte{command})), &osd))
	for i := range 8 { // by default a pool has 8
		var pg struct {
			Info struct {
				LastUpdate string `json:"last_update"`
			}
		}
		id := fmt.Sprintf("%d.%x", ioctx.GetPoolID(), i)
		command := fmt.Appendf(nil, `{"prefix": "query", "pgid": %q, "format": "json"}`, id)
		require.NoError(b, json.Unmarshal(query(conn.PGCommand([]byte(id), [][]byte{command})), &pg))
		var epoch, version int
		_, err := fmt.Sscanf(pg.Info.LastUpdate, "%d'%d", &epoch, &version)
		require.NoError(b, err)
		writes += float64(version)
	}
	return osd.Messages.Get, writes
}

// BenchmarkHandover has n clients take the lock in turns, hold it for 5 ms and release it. It
// measures the time from a release to the next holder, the load of the OSD, and the
// differences between the clients: 1 is fair, and 1/n if one client had all turns.
func BenchmarkHandover(b *testing.B) {
	const hold = 5 * time.Millisecond
	for _, way := range ways {
		for _, n := range []int{2, 16, 64} {
			b.Run(fmt.Sprintf("%s/clients=%d", way.name, n), func(b *testing.B) {
				list := clients(b, n)
				turns := make([]float64, n)
				var delays []float64 // guarded by the lock
				var released time.Time
				var count atomic.Int64
				messages, writes := load(b, list[0])
				b.ResetTimer()
				var wg await.Group
				for i, ioctx := range list {
					m := radoslock.New(ioctx, "object", "lock", way.opt)
					wg.Go(func() {
						for count.Load() < int64(b.N) {
							lease, err := m.Lock(b.Context())
							if err != nil {
								b.Error(err)
								return
							}
							if !released.IsZero() {
								delays = append(delays, time.Since(released).Seconds()*1000)
							}
							turns[i]++
							count.Add(1)
							time.Sleep(hold)
							released = time.Now()
							turn := count.Load()
							if err := lease.Unlock(b.Context()); err != nil {
								b.Error(err)
							}
							for count.Load() == turn && turn < int64(b.N) {
								time.Sleep(time.Millisecond)
							}
						}
					})
				}
				wg.Wait()
				b.StopTimer()
				messagesAfter, writesAfter := load(b, list[0])
				slices.Sort(delays)
				if len(delays) == 0 {
					return
				}
				var sum, squares float64
				for _, t := range turns {
					sum += t
					squares += t * t
				}
				b.ReportMetric(delays[len(delays)/2], "ms-p50")
				b.ReportMetric(delays[len(delays)*99/100], "ms-p99")
				b.ReportMetric((messagesAfter-messages)/sum, "messages/turn")
				b.ReportMetric((writesAfter-writes)/sum, "writes/turn")
				b.ReportMetric((messagesAfter-messages)/b.Elapsed().Seconds(), "messages/s")
				b.ReportMetric(math.Round(sum*sum/squares/float64(n)*100)/100, "fairness")
			})
		}
	}
}

// BenchmarkWaiting measures the load of the OSD while n clients wait and the holder keeps the
// lock.
func BenchmarkWaiting(b *testing.B) {
	for _, way := range ways {
		for _, n := range []int{2, 16, 64} {
			b.Run(fmt.Sprintf("%s/clients=%d", way.name, n), func(b *testing.B) {
				list := clients(b, n)
				m := radoslock.New(list[0], "object", "lock", way.opt)
				lease, err := m.Lock(b.Context())
				require.NoError(b, err)
				var wg await.Group
				for _, ioctx := range list {
					m := radoslock.New(ioctx, "object", "lock", way.opt)
					wg.Go(func() {
						lease, err := m.Lock(b.Context())
						if err != nil {
							b.Error(err)
							return
						}
						_ = lease.Unlock(b.Context())
					})
				}
				time.Sleep(3 * time.Second) // until the pauses are longest
				messages, writes := load(b, list[0])
				b.ResetTimer()
				time.Sleep(5 * time.Second)
				b.StopTimer()
				messagesAfter, writesAfter := load(b, list[0])
				b.ReportMetric((messagesAfter-messages)/b.Elapsed().Seconds(), "messages/s")
				b.ReportMetric((writesAfter-writes)/b.Elapsed().Seconds(), "writes/s")
				require.NoError(b, lease.Unlock(b.Context()))
				wg.Wait()
			})
		}
	}
}

// BenchmarkUncontended takes and releases a lock that no other client wants.
func BenchmarkUncontended(b *testing.B) {
	for _, way := range ways[:2] {
		b.Run(way.name, func(b *testing.B) {
			m := radoslock.New(space(b), "object", "lock", way.opt)
			for b.Loop() {
				lease, err := m.Lock(b.Context())
				require.NoError(b, err)
				require.NoError(b, lease.Unlock(b.Context()))
			}
		})
	}
}
