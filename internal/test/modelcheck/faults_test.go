package modelcheck

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados/radostest"
)

var (
	seed     = flag.Uint64("seed", 0, "what all random choices of TestFaults come from; 0: the time")
	duration = flag.Duration("duration", 0, "how long TestFaults makes faults; 0: it is skipped")
	workers  = flag.Int("workers", 12, "how many goroutines of TestFaults perform operations")
	ops      = flag.Int("ops", 50, "how many operations each of them performs in a generation of objects")
	objects  = flag.Int("objects", 8, "how many objects each pool has in a generation")
	osds     = flag.Int("osds", 2, "how many OSDs TestFaults has")
	only     = flag.String("faults", "", "the kinds of faults to be made, with commas between them; all if empty")
)

// watchdog is how long operations may take when all daemons are there again.
const watchdog = 90 * time.Second

// TestFaults has many goroutines perform random operations while daemons are killed,
// stopped, paused and restarted, and connections are shut down. The model must
// explain what comes of it.
//
// The same seed makes the same operations and the same faults, but not in the same order: when
// a daemon dies depends on the clock.
func TestFaults(t *testing.T) {
	if *duration == 0 {
		t.Skip("is run by make test-all, make faults and make soak, with -duration")
	}
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	rerun := fmt.Sprintf("go test -count=1 -timeout=0 ./internal/test/modelcheck -run '^TestFaults$' -v -seed=%d -duration=%v -workers=%d -ops=%d -objects=%d -osds=%d -faults=%s",
		*seed, *duration, *workers, *ops, *objects, *osds, *only)
	t.Log("again: " + rerun)
	cluster := radostest.Start(t, radostest.OSDs(*osds), radostest.BlueStore(4<<30),
		radostest.Config("global", "osd heartbeat grace", "3"), // a paused OSD is marked down soon
		radostest.Config("mon", "mon osd report timeout", "6"),
		radostest.Config("osd", "osd backoff on unfound", "false")) // see below
	target := onCluster(t, cluster)
	usage := newUsage(*duration)
	r := NewRun(target, Config{
		Seed: *seed, Workers: *workers, Ops: *ops, Objects: *objects, Rest: 2,
		CheckLimit: 20 * time.Second, MaxOverrun: 10 * time.Second,
		Quiet: func(so Totals) { usage.note(so) },
	})
	over := r.Start()
	f := newFaults(t, cluster, target)
	f.make(over, *duration)
	r.Stop()
	select {
	case <-over:
	case <-time.After(watchdog / 2):
		// An OSD of 16.2 may pass over whatever a client sends, as if it had told it to hold
		// back: librados has sent operations, of which the OSD knows nothing. They end with
		// rados_osd_op_timeout, and so do those that follow. Only a new connection helps.
		// A call that librados does not know any longer must not block, though.
		var stuck string
		for range 20 {
			if stuck = strings.Join(underWay(t, cluster), "\n"); strings.Contains(stuck, "osd_ops") {
				break
			}
		}
		require.Contains(t, stuck, "osd_ops", "librados has nothing in flight, but calls block")
		t.Logf("operations go on, though all daemons are there again; connecting anew\nin flight in librados: %s", stuck)
		require.NoError(t, target.Reconnect(0))
		require.NoError(t, target.Reconnect(1))
	}
	select {
	case <-over:
	case <-time.After(watchdog):
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
		t.Log(underWay(t, cluster))
		t.Log(cluster.Ceph(t, "health", "detail"), cluster.Ceph(t, "pg", "dump", "pgs_brief"), cluster.Ceph(t, "osd", "dump"))
		for i := range *osds {
			t.Log(cluster.Ceph(t, "daemon", fmt.Sprint("osd.", i), "dump_ops_in_flight"))
		}
		t.Fatalf("seed %d: operations go on for ever, though all daemons are there again\nagain: %s", *seed, rerun)
	}
	for _, failure := range r.Failures() {
		t.Errorf("seed %d: %s\nagain: %s", *seed, failure, rerun)
	}
	t.Logf("%s; faults: %v", usage.line(), f.made)
	so := r.totals(usage.latest.Generations)
	assert.LessOrEqual(t, so.Undecided, 2+so.Judged/50, "histories that were not explained in time")
	require.NoError(t, target.Canaries())
	usage.check(t, *workers)
}

// faults makes one fault after the other.
type faults struct {
	t       *testing.T
	cluster *radostest.Cluster
	target  *Cluster
	rng     *rand.Rand
	made    map[string]int
}

func newFaults(t *testing.T, cluster *radostest.Cluster, target *Cluster) *faults {
	return &faults{t, cluster, target, rand.New(rand.NewPCG(*seed, 1<<63)), map[string]int{}}
}

// fault is a kind of fault. It is over when it returns: all daemons run.
type fault struct {
	name string
	make func(f *faults)
}

var kindsOfFaults = []fault{
	{"kill-osd", func(f *faults) {
		osd := f.osd()
		f.cluster.Kill(f.t, osd)
		f.hold(2 * time.Second)
		f.cluster.Restart(f.t, osd)
	}},
	{"stop-osd", func(f *faults) {
		osd := f.osd()
		f.cluster.Stop(f.t, osd)
		f.hold(2 * time.Second)
		f.cluster.Restart(f.t, osd)
	}},
	{"pause-osd", func(f *faults) { // for a moment, or until it has been marked down
		osd := f.osd()
		f.cluster.Pause(f.t, osd)
		f.hold(7 * time.Second)
		f.cluster.Resume(f.t, osd)
		f.cluster.WaitUp(f.t, osd)
	}},
	{"kill-all-osds", func(f *faults) {
		for i := range *osds {
			f.cluster.Kill(f.t, fmt.Sprint("osd.", i))
		}
		f.hold(time.Second)
		for i := range *osds {
			f.cluster.Restart(f.t, fmt.Sprint("osd.", i))
		}
	}},
	{"restart-mon", func(f *faults) {
		f.cluster.Kill(f.t, "mon.a")
		f.hold(2 * time.Second)
		f.cluster.Restart(f.t, "mon.a")
	}},
	{"pause-mon", func(f *faults) {
		f.cluster.Pause(f.t, "mon.a")
		f.hold(3 * time.Second)
		f.cluster.Resume(f.t, "mon.a")
		f.cluster.WaitUp(f.t, "mon.a")
	}},
	{"kill-osd-and-mon", func(f *faults) {
		osd := f.osd()
		f.cluster.Kill(f.t, osd)
		f.cluster.Kill(f.t, "mon.a")
		f.hold(time.Second)
		f.cluster.Restart(f.t, "mon.a")
		f.cluster.Restart(f.t, osd)
	}},
	{"shutdown", func(f *faults) { // of a connection that is in use
		require.NoError(f.t, f.target.Reconnect(f.rng.IntN(2)))
	}},
}

// make makes faults until the run is over, or so much time has passed.
func (f *faults) make(over <-chan struct{}, during time.Duration) {
	var kinds []fault
	for _, kind := range kindsOfFaults {
		if *only == "" || strings.Contains(","+*only+",", ","+kind.name+",") {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		require.Equal(f.t, "none", *only)
	}
	end := time.After(during)
	for {
		select {
		case <-time.After(time.Duration(f.rng.IntN(2000)) * time.Millisecond):
		case <-over:
			return
		case <-end:
			return
		}
		if len(kinds) > 0 {
			kind := kinds[f.rng.IntN(len(kinds))]
			began := time.Now()
			kind.make(f)
			f.made[kind.name]++
			f.t.Logf("%s: %.1f s", kind.name, time.Since(began).Seconds())
		}
	}
}

func (f *faults) osd() string { return fmt.Sprint("osd.", f.rng.IntN(*osds)) }

// hold leaves things as they are for a time, up to the longest.
func (f *faults) hold(longest time.Duration) {
	time.Sleep(time.Duration(f.rng.Int64N(int64(longest))))
}
