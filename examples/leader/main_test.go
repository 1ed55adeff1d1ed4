package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/examples/internal/demotest"
	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMain(m *testing.M) { demotest.Main(m, main) }

// fixture is a pool, and a channel of what all candidates print, in the order in which they do:
// they share one pipe.
type fixture struct {
	ioctx *rados.IOContext
	pool  string
	out   *os.File
	said  chan string
}

func newFixture(t *testing.T) *fixture { return fixtureOn(t, radostest.Shared(t)) }

func fixtureOn(t *testing.T, cluster *radostest.Cluster) *fixture {
	ioctx, pool := demotest.Pool(t, cluster)
	in, out, err := os.Pipe()
	require.NoError(t, err)
	f := &fixture{ioctx, pool, out, make(chan string, 100)}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(in); lines.Scan(); {
			f.said <- lines.Text()
		}
	}()
	t.Cleanup(func() { // after the candidates
		out.Close()
		<-read
		in.Close()
	})
	return f
}

// start starts a candidate as a process of its own.
func (f *fixture) start(t *testing.T, name string, ttl time.Duration) *os.Process {
	t.Helper()
	cmd := demotest.Command(context.Background(), "-pool", f.pool, "-name", name, "-ttl", ttl.String())
	cmd.Stdout, cmd.Stderr = f.out, os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return cmd.Process
}

func (f *fixture) expect(t *testing.T, want string) {
	t.Helper()
	require.Equal(t, want, await.Next(t, f.said))
}

// watchers waits until n candidates watch: there is no other sign that one waits.
func (f *fixture) watchers(t *testing.T, n int) {
	t.Helper()
	for {
		acks, _, err := f.ioctx.Notify("leader", nil)
		require.NoError(t, err)
		if len(acks) == n {
			return
		}
		require.NoError(t, t.Context().Err())
	}
}

// slack is what a machine that is busy with other things may take longer.
const slack = 5 * time.Second

func TestSuccession(t *testing.T) {
	f := newFixture(t)
	const ttl = 2 * time.Second
	alice := f.start(t, "alice", ttl)
	f.expect(t, "alice leads")
	bob := f.start(t, "bob", ttl)
	f.watchers(t, 1)
	lockers, err := f.ioctx.ListLockers("leader", lockName)
	require.NoError(t, err)
	require.Equal(t, 1, lockers.NumLockers)
	require.True(t, lockers.Exclusive)

	require.NoError(t, alice.Kill())
	killed := time.Now()
	f.expect(t, "bob leads")
	took := time.Since(killed)
	t.Logf("bob leads %v after alice was killed; the ttl is %v", took, ttl)
	require.Less(t, took, ttl+slack)

	require.NoError(t, bob.Signal(syscall.SIGINT))
	f.expect(t, "bob no longer leads")
}

// TestHandover has a long ttl, so that only a notification can be as fast.
func TestHandover(t *testing.T) {
	f := newFixture(t)
	alice := f.start(t, "alice", 10*time.Minute)
	f.expect(t, "alice leads")
	f.start(t, "bob", 10*time.Minute)
	f.watchers(t, 1)
	require.NoError(t, alice.Signal(syscall.SIGTERM))
	f.expect(t, "alice no longer leads")
	left := time.Now()
	f.expect(t, "bob leads")
	t.Logf("bob leads %v after alice has gone", time.Since(left))
}

// TestLockTakenAway breaks the leader's lock: it must notice, and say so before the
// new holder could have come to lead by waiting for the ttl.
func TestLockTakenAway(t *testing.T) {
	f := newFixture(t)
	f.start(t, "alice", 2*time.Second)
	f.expect(t, "alice leads")
	lockers, err := f.ioctx.ListLockers("leader", lockName)
	require.NoError(t, err)
	require.NoError(t, f.ioctx.RevokeLock("leader", lockName, lockers.Clients[0], lockers.Cookies[0]))
	require.NoError(t, f.ioctx.Lock("leader", lockName, rados.LockOptions{Cookie: "usurper"}))
	f.expect(t, "alice no longer leads")
	require.NoError(t, f.ioctx.ReleaseLock("leader", lockName, "usurper"))
	f.expect(t, "alice leads")
}

// TestLeaderCutOff stops the OSD: the leader can't know any more that it leads, and
// must not go on for longer than its lock lasts.
func TestLeaderCutOff(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1))
	f := fixtureOn(t, cluster)
	f.start(t, "alice", 2*time.Second)
	f.expect(t, "alice leads")
	cluster.Pause(t, "osd.0")
	paused := time.Now()
	f.expect(t, "alice no longer leads")
	require.Less(t, time.Since(paused), 2*time.Second+slack)
	cluster.Resume(t, "osd.0")
	cluster.WaitUp(t, "osd.0")
	f.expect(t, "alice leads")
}

func TestDemo(t *testing.T) {
	newFixture(t)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-demo", "-ttl", "1m"}, &out, io.Discard))
	require.Equal(t, "alice leads\nbob leads\n", out.String())
}

func TestUsefulErrors(t *testing.T) {
	newFixture(t)
	for want, args := range map[string][]string{
		"ceph osd pool create": {"-pool", "none"},
		"options only":         {"alice"},
		"a second at least":    {"-ttl", "1ms"},
	} {
		require.ErrorContains(t, run(t.Context(), args, io.Discard, io.Discard), want)
	}
}
