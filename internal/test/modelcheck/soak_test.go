package modelcheck

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/misuse"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/internal/test/target"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// callers is the number of goroutines of TestSoak that call everything, beside those of the model.
const callers = 8

// TestSoak performs operations that the model judges, and calls every exported function, while daemons
// fail. What the process uses must not grow; when all connections are shut down, nothing of them may be
// left.
func TestSoak(t *testing.T) {
	if *duration == 0 {
		t.Skip("is run by make soak, with -duration")
	}
	restartWithOneArena(t)
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("again: go test -count=1 -timeout=0 ./internal/test/modelcheck -run '^TestSoak$' -v -seed=%d -duration=%v", *seed, *duration)
	cluster := startCluster(t)
	f := newFaults(t, cluster, nil, Replicated)
	other := newSurface(t, cluster) // which shuts its connections down; threads of package rados remain
	runtime.GC()
	goroutines, descriptors := process.Goroutines(), process.Descriptors()
	report := newReport()
	soak(t, f, other, report)
	report.write(t)
	report.check(t)
	// Goroutines of calls that had been cancelled end when C returns. assert.Eventually would have one of its own.
	gone := func() bool { return process.Goroutines() <= goroutines && len(foreignThreads()) == 0 }
	for began := time.Now(); !gone() && time.Since(began) < await.Patience; {
		runtime.Gosched()
	}
	if !assert.True(t, gone(), "goroutines or threads are left: %v", foreignThreads()) {
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
	}
	assert.LessOrEqual(t, process.Descriptors(), descriptors+2, "descriptors are left")
}

// restartWithOneArena starts the program anew with one arena of C's heap, if it has more. The threads of each
// new connection use other ones, which for hours grow with what was freed but not returned: 0.2 MiB/s.
func restartWithOneArena(t *testing.T) {
	const arenas = "MALLOC_ARENA_MAX"
	if os.Getenv(arenas) == "" {
		require.NoError(t, target.Exec("/proc/self/exe", os.Args[1:], append(os.Environ(), arenas+"=1")))
	}
}

// foreignThreads returns the names of threads that are not Go's: these are named after the program.
func foreignThreads() []string {
	own, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		panic(err)
	}
	return slices.DeleteFunc(process.ThreadNames(), func(name string) bool { return name == strings.TrimSpace(string(own)) })
}

func soak(t *testing.T, f *faults, other *surface, report *report) {
	clients, err := NewCluster(2, connectTo(f.cluster))
	require.NoError(t, err)
	f.target = clients
	r := NewRun(clients, Config{
		Seed: *seed, Workers: *workers, Ops: *ops, Objects: *objects, Pools: Replicated, Rest: 2,
		CheckLimit: 20 * time.Second, MaxOverrun: 10 * time.Second,
		Quiet: func(so Totals) {
			other.whilePaused(func() {
				assert.NoError(t, clients.Canaries()) // they are memory, too
				report.judge(so.Ops + other.calls.Load())
			})
		},
	})
	sampling, stop := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(sampling)
		report.sampleUntil(stop, func() int64 { return r.ops.Load() + other.calls.Load() })
	}()
	over := r.Start()
	other.start()
	f.note = report.noteFault
	f.make(over, *duration)
	f.end(r, over)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		other.stop()
	}()
	select {
	case <-stopped:
	case <-time.After(watchdog):
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
		t.Fatal("calls go on, though all daemons are there again")
	}
	close(stop)
	<-sampling
	for _, failure := range r.Failures() {
		t.Errorf("seed %d: %s", *seed, failure)
	}
	report.faults, report.functions, report.totals = f.made, other.counts(), r.totals(0)
	require.NoError(t, clients.Close())
	other.close()
}

// surface calls all exported functions, and makes uses of them together.
type surface struct {
	t       *testing.T
	cluster *radostest.Cluster
	fixture *misuse.Fixture
	choices []misuse.Choices
	names   []string
	calls   atomic.Int64
	over    atomic.Bool
	wg      sync.WaitGroup
	pausing sync.RWMutex // read-locked by each use

	mu   sync.Mutex
	made map[string]int // by name, with "FAILED" after those without success
}

// left lists the functions that are not called, with the reason.
var left = map[string]string{
	"Conn.RegisterService":        "there may be one for each connection, which it stays with",
	"Conn.RegisterServiceContext": "as above",
	"Conn.PingMonitor":            "librados 16.2 may use the connection of the ping after its end (a crash in MonConnection::get_auth_request)",
	"Conn.PingMonitorContext":     "as above",
}

func newSurface(t *testing.T, cluster *radostest.Cluster) *surface {
	e := &surface{t: t, cluster: cluster, made: map[string]int{}}
	conn, err := e.connect()
	require.NoError(t, err)
	defer conn.Shutdown()
	require.NoError(t, misuse.MakeObjects(conn))
	ioctx, err := conn.OpenIOContext(misuse.Pool)
	require.NoError(t, err)
	defer ioctx.Destroy()
	w, err := ioctx.Watch(misuse.Watched) // the goroutine that looks for deleted pools remains, and is counted before
	require.NoError(t, err)
	require.NoError(t, w.Delete())
	e.fixture = &misuse.Fixture{
		Connect: func() *rados.Conn {
			conn, err := e.connect()
			if err != nil {
				panic(err)
			}
			return conn
		},
		Notify: func(ioctx *rados.IOContext, w *rados.Watcher) rados.NotifyEvent {
			done := make(chan struct{})
			go func() { defer close(done); ioctx.NotifyWithTimeout(misuse.Watched, []byte("data"), time.Second) }()
			select {
			case event := <-w.Events():
				return event
			case <-done:
				panic("the notification has not come")
			}
		},
	}
	for _, folder := range misuse.Packages() {
		for _, f := range misuse.Functions(folder) {
			if left[f.Name] == "" {
				e.choices = append(e.choices, e.fixture.Choices(f))
				e.names = append(e.names, f.Name)
			}
		}
	}
	return e
}

func (e *surface) connect() (*rados.Conn, error) {
	conn, err := rados.NewConnWithUser("admin")
	if err != nil {
		return nil, err
	}
	if err = conn.ReadConfigFile(e.cluster.Conf()); err == nil {
		err = conn.SetConfigOption("rados_osd_op_timeout", "20") // see connectAnew
	}
	if err == nil {
		err = conn.Connect()
	}
	if err != nil {
		conn.Shutdown()
	}
	return conn, err
}

func (e *surface) start() {
	for caller := range callers {
		e.wg.Go(func() {
			rng := rand.New(rand.NewPCG(*seed, uint64(caller)))
			for i := caller * len(e.choices) / callers; !e.over.Load(); i++ {
				e.use(rng, i%len(e.choices))
			}
		})
	}
}

func (e *surface) stop() {
	e.over.Store(true)
	e.wg.Wait()
}

func (e *surface) close() { e.fixture.Close() }

// whilePaused calls f when no use is in progress.
func (e *surface) whilePaused(f func()) {
	e.pausing.Lock()
	defer e.pausing.Unlock()
	f()
}

// use calls function i, or makes one of the other uses.
func (e *surface) use(rng *rand.Rand, i int) {
	e.pausing.RLock()
	defer e.pausing.RUnlock()
	name, err := e.names[i], error(nil)
	if rng.IntN(8) > 0 {
		err = e.call(rng, i)
	} else {
		use := uses[rng.IntN(len(uses))]
		name, err = use.name, e.with(rng, use.do)
	}
	if err != nil {
		name += " FAILED"
	}
	e.calls.Add(1)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.made[name]++
}

// call calls a function with ordinary arguments; a context may end at any time. Faults are why preparing the
// arguments may fail, which is a panic of misuse.
func (e *surface) call(rng *rand.Rand, i int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("preparing %s: %v", e.names[i], p)
		}
	}()
	ctx, cancel := budget(rng)
	defer cancel()
	call := e.choices[i].Ordinary().WithContext(ctx)
	defer call.End()
	result := call.Do()
	defer result.End()
	if result.Failure != nil {
		e.t.Error(result.Failure)
	}
	return result.Err
}

// budget returns a context that is done before, during or after most calls.
func budget(rng *rand.Rand) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Duration(rng.ExpFloat64()*float64(20*time.Millisecond)))
}

// with makes a use on an IOContext of its own.
func (e *surface) with(rng *rand.Rand, do func(*surface, context.Context, *rand.Rand, *rados.IOContext) error) error {
	ctx, cancel := budget(rng)
	defer cancel()
	ioctx, err := e.fixture.Conn().OpenIOContext(misuse.Pool)
	if err != nil {
		return err
	}
	defer ioctx.Destroy()
	return do(e, ctx, rng, ioctx)
}

var uses = []struct {
	name string
	do   func(*surface, context.Context, *rand.Rand, *rados.IOContext) error
}{
	{"pipeline", pipeline},
	{"watch and notify", watchAndNotify},
	{"listing that is left", leaveListings},
	{"connection that is shut down under calls", shutDownUnderCalls},
	{"IOContext and iterator that are dropped", drop},
}

// pipeline leaves some pipelines before their end.
func pipeline(_ *surface, ctx context.Context, rng *rand.Rand, ioctx *rados.IOContext) (err error) {
	tasks, limit := ioctx.Tasks(), rng.IntN(100)
	list := func(yield func(*rados.Task) bool) {
		for i := range 64 {
			oid := fmt.Sprint("pipeline-", i%16)
			var task *rados.Task
			switch rng.IntN(5) {
			case 0:
				task = tasks.WriteFull(oid, make([]byte, rng.IntN(64<<10)))
			case 1:
				task = tasks.Read(oid, make([]byte, rng.IntN(64<<10)), 0)
			case 2:
				task = tasks.SetOmap(oid, map[string][]byte{"key": []byte("value")})
			case 3:
				task = tasks.Stat(oid)
			default:
				op := rados.CreateReadOp()
				defer op.Release()
				op.Exec("hello", "say_hello", nil)
				op.GetXattrs()
				task = op.Task(ioctx, oid, rados.OperationNoFlag)
			}
			if !yield(task) {
				return
			}
		}
	}
	if rng.IntN(2) == 0 {
		ctx = context.Background()
	}
	for task := range rados.Pipeline(ctx, 1+rng.IntN(32), list) {
		err = task.Err
		if limit--; limit == 0 {
			break
		}
	}
	return err
}

func watchAndNotify(_ *surface, ctx context.Context, rng *rand.Rand, ioctx *rados.IOContext) error {
	w, err := ioctx.Watch(misuse.Watched)
	if err != nil {
		return err
	}
	defer w.Delete()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for event := range w.Events() {
			event.Ack([]byte("answer"))
		}
	}()
	if rng.IntN(2) == 0 {
		ctx = context.Background()
	}
	_, _, err = ioctx.NotifyWithTimeoutContext(ctx, misuse.Watched, make([]byte, 100), time.Second)
	if deleted := w.Delete(); err == nil {
		err = deleted
	}
	<-done // Delete closes the channel
	return err
}

// leaveListings ranges over listings, and leaves each after a few items.
func leaveListings(_ *surface, ctx context.Context, rng *rand.Rand, ioctx *rados.IOContext) (err error) {
	limit := 1 + rng.IntN(5)
	for _, objects := range []iter.Seq2[rados.Object, error]{
		ioctx.Objects(), ioctx.ObjectsParallel(2), ioctx.ObjectsContext(ctx),
	} {
		n := 0
		for _, err = range objects {
			if n++; n == limit || err != nil {
				break
			}
		}
	}
	for _, err = range ioctx.Omap(misuse.Object, "", "") {
		break
	}
	return err
}

// shutDownUnderCalls shuts a connection down while calls are in flight on it, of which some are cancelled.
func shutDownUnderCalls(e *surface, ctx context.Context, rng *rand.Rand, _ *rados.IOContext) error {
	conn, err := e.connect()
	if err != nil {
		return err
	}
	defer conn.Shutdown()
	ioctx, err := conn.OpenIOContext(misuse.Pool)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() { ioctx.WriteFull(fmt.Sprint("shutdown-", i), make([]byte, 4<<10)) })
		wg.Go(func() { ioctx.ReadContext(ctx, fmt.Sprint("shutdown-", i), make([]byte, 4<<10), 0) })
	}
	wg.Go(func() { conn.GetClusterStatsContext(ctx) })
	time.Sleep(time.Duration(rng.IntN(5)) * time.Millisecond)
	conn.Shutdown()
	wg.Wait()
	return nil
}

// drop leaves a clone and an iterator to the garbage collector.
func drop(_ *surface, _ context.Context, _ *rand.Rand, ioctx *rados.IOContext) error {
	clone, err := ioctx.WithNamespace("dropped")
	if err != nil {
		return err
	}
	listing, err := clone.Iter()
	if err == nil {
		listing.Next()
	}
	return err
}

// counts returns how often everything was used, by name.
func (e *surface) counts() map[string]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.made)
}
