package rados_test

import (
	"math/rand/v2"
	"os"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/misuse"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// surfaceCluster starts a cluster for the test, since the calls change it, and
// makes the objects of ordinary calls.
func surfaceCluster(t *testing.T) *radostest.Cluster {
	t.Helper()
	if os.Getenv("RADOS_TEST_CONF") != "" {
		t.Skip("the cluster is that of others, and the manager of Ceph 16 crashes over names that are not UTF-8")
	}
	c := radostest.Start(t,
		radostest.Config("client", "rados_osd_op_timeout", "30"),
		radostest.Config("client", "rados_mon_op_timeout", "5"))
	require.NoError(t, misuse.MakeObjects(c.Conn(t)))
	return c
}

// liveFixture returns the fixture of a test on a cluster.
func liveFixture(t *testing.T, c *radostest.Cluster) *misuse.Fixture {
	t.Helper()
	s := misuse.OnCluster(func() *rados.Conn { return c.Conn(t) })
	t.Cleanup(s.Close)
	return s
}

// TestMisuseOnACluster calls every exported function with invalid arguments on
// a cluster: no call crashes, hangs, or succeeds where it can't, and no daemon
// crashes.
func TestMisuseOnACluster(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute; the tests of package fakelibrados do most of it")
	}
	c := surfaceCluster(t)
	turns := make(chan struct{}, 8) // most of the time is spent waiting
	var wg await.Group
	for _, f := range misuse.Functions("rados") {
		turns <- struct{}{}
		wg.Go(func() {
			defer func() { <-turns }()
			t.Run(f.Name, func(t *testing.T) { abuseLive(t, liveFixture(t, c), f) })
		})
	}
	wg.Wait()
	conn := c.Conn(t)
	pools, err := conn.ListPools()
	require.NoError(t, err)
	assert.NotContains(t, pools, misuse.Cut)
	ioctx := open(t, conn, misuse.Pool)
	ioctx.SetNamespace(rados.AllNamespaces)
	for object, err := range ioctx.Objects() {
		require.NoError(t, err)
		assert.NotEqual(t, misuse.Cut, object.Name)
		assert.NotEqual(t, misuse.Cut, object.Namespace)
	}
}

// spared maps functions that are only called on closed objects to the reason.
var spared = map[string]string{
	"Conn.MgrCommandTarget":                "it waits for a manager that is not there, as it says",
	"Conn.MgrCommandTargetWithInputBuffer": "it waits for a manager that is not there, as it says",
	"ReadOp.OperateContext":                "an operation without steps, if it orders reads and writes, keeps the OSD from the object for ever",
	"WriteOp.OperateContext":               "an operation without steps, if it orders reads and writes, keeps the OSD from the object for ever",
	"IOContext.WriteSameContext":           "the OSD makes up all that is asked for in its memory, beyond all bounds; see WriteSame",
	"Conn.PingMonitor":                     pingCrashes,
	"Conn.PingMonitorContext":              pingCrashes,
}

const pingCrashes = "on a busy machine librados follows a null pointer: its messenger may ask for what authenticates " +
	"before ping_monitor has made it (MonClientPinger::get_auth_request)"

func abuseLive(t *testing.T, s *misuse.Fixture, f misuse.Function) {
	defer func() { // it could not make what it needs
		if p := recover(); p != nil {
			t.Errorf("%v\n%s", p, debug.Stack())
		}
	}()
	began := time.Now()
	choices := s.Choices(f)
	check := func(call misuse.Call) {
		if spared[f.Name] != "" && !call.Ended() {
			call.End()
			return
		}
		o := call.Do()
		assert.NoError(t, call.Check(o))
		o.End()
		call.End()
	}
	check(choices.Ordinary())
	for call := range choices.Each {
		check(call)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		check(choices.Mixed(random.IntN))
	}
	for ending := range choices.Endings {
		if spared[f.Name] != "" {
			continue
		}
		assert.NoError(t, ending.Race(1))
	}
	t.Log(time.Since(began))
}
