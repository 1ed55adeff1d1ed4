package modelcheck

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/pprof"
	"slices"
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
	osds     = flag.Int("osds", 3, "how many OSDs TestFaults has; 3 or more: with an erasure-coded pool")
	mons     = flag.Int("mons", 3, "how many monitors TestFaults has")
	only     = flag.String("faults", "", "the kinds of faults to be made, with commas between them; all if empty")
)

// watchdog is how long operations may take when all daemons are there again.
const watchdog = 90 * time.Second

// TestFaults has many goroutines perform random operations while faults are made: of daemons, monitors,
// placement groups, connections, the network and the clock. The model must explain what comes of it.
//
// The same seed makes the same operations and the same faults, but not in the same order: when
// a daemon dies depends on the clock.
func TestFaults(t *testing.T) {
	if *duration == 0 {
		t.Skip("is run by make test-all and make faults, with -duration")
	}
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	rerun := fmt.Sprintf("go test -count=1 -timeout=0 ./internal/test/modelcheck -run '^TestFaults$' -v -seed=%d -duration=%v -workers=%d -ops=%d -objects=%d -osds=%d -mons=%d -faults=%s",
		*seed, *duration, *workers, *ops, *objects, *osds, *mons, *only)
	t.Log("again: " + rerun)
	cluster := startCluster(t)
	target := onCluster(t, cluster)
	pools := Replicated
	if *osds >= 3 {
		target.UseErasure(erasurePool(t, cluster))
		pools = append(pools, Erasure)
	}
	others := startGuarantees(t, cluster)
	usage := newUsage(*duration)
	r := NewRun(target, Config{
		Seed: *seed, Workers: *workers, Ops: *ops, Objects: *objects, Pools: pools, Rest: 2,
		CheckLimit: 20 * time.Second, MaxOverrun: 10 * time.Second,
		Quiet: func(so Totals) { usage.note(so) },
	})
	over := r.Start()
	f := newFaults(t, cluster, target, pools)
	f.others = others
	f.make(over, *duration)
	f.end(r, over)
	others.stop()
	for _, failure := range r.Failures() {
		t.Errorf("seed %d: %s\nagain: %s", *seed, failure, rerun)
	}
	t.Logf("%s; faults: %v", usage.line(), f.made)
	if f.packets != nil {
		t.Logf("the kernel counts %s; rules hit %d packets, of which %d were held back", effects(), f.hit, f.packets.held.Load())
	}
	so := r.totals(usage.latest.Generations)
	assert.LessOrEqual(t, so.Undecided, 2+so.Judged/50, "histories that were not explained in time")
	require.NoError(t, target.Canaries())
	usage.check(t, *workers)
}

// end stops r, and waits until over is closed: all operations have returned.
func (f *faults) end(r *Run, over <-chan struct{}) {
	r.Stop()
	select {
	case <-over:
		return
	case <-time.After(watchdog / 2):
		f.connectAnew()
	}
	select {
	case <-over:
	case <-time.After(watchdog):
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
		f.t.Log(underWay(f.t, f.cluster))
		f.t.Log(f.cluster.Ceph(f.t, "health", "detail"), f.cluster.Ceph(f.t, "pg", "dump", "pgs_brief"), f.cluster.Ceph(f.t, "osd", "dump"))
		for i := range *osds {
			f.t.Log(f.cluster.Ceph(f.t, "daemon", fmt.Sprint("osd.", i), "dump_ops_in_flight"))
		}
		f.t.Fatalf("seed %d: operations go on for ever, though all daemons are there again", *seed)
	}
}

// connectAnew replaces the connections of the target. An OSD of 16.2 may pass over whatever a client sends, as
// if it had told it to hold back: librados has sent operations, of which the OSD knows nothing. They end with
// rados_osd_op_timeout, and so do those that follow. A call that librados does not know any longer must not
// block, though.
func (f *faults) connectAnew() {
	var stuck string
	for range 20 {
		if stuck = strings.Join(underWay(f.t, f.cluster), "\n"); strings.Contains(stuck, "osd_ops") {
			break
		}
	}
	require.Contains(f.t, stuck, "osd_ops", "librados has nothing in flight, but calls block")
	f.t.Logf("operations go on, though all daemons are there again; connecting anew\nin flight in librados: %s", stuck)
	require.NoError(f.t, f.target.Reconnect(0, nil))
	require.NoError(f.t, f.target.Reconnect(1, nil))
}

// startCluster starts a cluster for faults.
func startCluster(t *testing.T) *radostest.Cluster {
	return radostest.Start(t, append(inGroup(), radostest.OSDs(*osds), radostest.Monitors(*mons), radostest.BlueStore(4<<30),
		radostest.Timeout(2*time.Minute),
		radostest.Config("global", "osd heartbeat grace", "3"), // a paused OSD is marked down soon
		radostest.Config("mon", "mon osd report timeout", "6"),
		radostest.Config("mon", "mon lease", "1"),                      // and a paused leader is replaced
		radostest.Config("osd", "osd backoff on unfound", "false"))...) // see connectAnew
}

// erasurePool makes a pool whose objects can be overwritten.
func erasurePool(t *testing.T, cluster *radostest.Cluster) string {
	name, err := cluster.ECPool(t).GetPoolName()
	require.NoError(t, err)
	cluster.Ceph(t, "osd", "pool", "set", name, "allow_ec_overwrites", "true")
	return name
}

// crashes are functions in which a daemon may end whatever clients send: Ceph's faults.
var crashes = []string{
	"ProtocolV2::handle_server_ident", // a monitor of 16.2, while connections between monitors break
}

// revive starts daemons again that crashed, by a fault of Ceph that is known. No client may be
// able to end one.
func (f *faults) revive() {
	daemons := append(f.mons(), "mgr.x")
	for i := range *osds {
		daemons = append(daemons, fmt.Sprint("osd.", i))
	}
	for _, daemon := range daemons {
		if f.cluster.Running(f.t, daemon) {
			continue
		}
		log := f.cluster.Log(f.t, daemon, 100)
		require.True(f.t, isKnownCrash(log), "%s has crashed:\n%s", daemon, log)
		f.t.Logf("%s has crashed in one of %q", daemon, crashes)
		f.made["crash of "+daemon]++
		f.cluster.Restart(f.t, daemon)
	}
}

// isKnownCrash reports whether the latest crash in a daemon's log was in one of crashes.
func isKnownCrash(log string) bool {
	latest := log[max(0, strings.LastIndex(log, "Caught signal")):]
	return slices.ContainsFunc(crashes, func(function string) bool { return strings.Contains(latest, function) })
}

func TestIsKnownCrash(t *testing.T) {
	const known, unknown = "*** Caught signal (Aborted) **\n4: abort()\n7: (ProtocolV2::handle_server_ident(list&)+0x63a)\n", "*** Caught signal (Aborted) **\n4: abort()\n7: (PrimaryLogPG::do_op()+0x1)\n"
	assert.True(t, isKnownCrash(known))
	assert.True(t, isKnownCrash(unknown+known))
	assert.False(t, isKnownCrash(known+unknown))
	assert.False(t, isKnownCrash(unknown))
	assert.False(t, isKnownCrash(""))
}

// faults makes one fault after the other.
type faults struct {
	t       *testing.T
	cluster *radostest.Cluster
	target  *Cluster
	rng     *rand.Rand
	pools   []Pool
	made    map[string]int
	others  *guarantees
	hit     int    // the number of packets that rules of iptables had an effect on
	packets *queue // nil if the network is not the test's own
	note    func(kind string, began, ended time.Time)
}

func newFaults(t *testing.T, cluster *radostest.Cluster, target *Cluster, pools []Pool) *faults {
	f := &faults{t: t, cluster: cluster, target: target, pools: pools, rng: rand.New(rand.NewPCG(*seed, 1<<63)), made: map[string]int{}, note: func(string, time.Time, time.Time) {}}
	if noNetwork() == "" {
		f.packets = newQueue(t)
	}
	return f
}

// kinds are the kinds of faults that are asked for, and that this machine can make.
func (f *faults) kinds() (list []fault) {
	for _, kind := range kindsOfFaults {
		if *only != "" && !strings.Contains(","+*only+",", ","+kind.name+",") {
			continue
		}
		if kind.missing != nil && kind.missing() != "" {
			f.t.Logf("%s is left out: %s", kind.name, kind.missing())
			continue
		}
		list = append(list, kind)
	}
	if len(list) == 0 && *only != "none" {
		f.t.Skipf("no fault of -faults=%s can be made", *only)
	}
	return list
}

// make makes faults until the run is over, or so much time has passed.
func (f *faults) make(over <-chan struct{}, during time.Duration) {
	kinds := f.kinds()
	end := time.After(during)
	for {
		select {
		case <-time.After(time.Duration(f.rng.IntN(2000)) * time.Millisecond):
		case <-over:
			return
		case <-end:
			f.revive()
			return
		}
		f.revive()
		if len(kinds) > 0 {
			kind := kinds[f.rng.IntN(len(kinds))]
			began := time.Now()
			kind.make(f)
			f.note(kind.name, began, time.Now())
			f.made[kind.name]++
			f.t.Logf("%s: %.1f s", kind.name, time.Since(began).Seconds())
		}
	}
}
