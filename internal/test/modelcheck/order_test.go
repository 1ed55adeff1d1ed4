package modelcheck

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// TestCheckOrder: each lie about appends is found.
func TestCheckOrder(t *testing.T) {
	results := []string{Done, Unknown, NotDone, Done}
	for _, content := range []string{"000\n003\n", "000\n001\n003\n"} {
		assert.NoError(t, CheckOrder(results, content))
	}
	for content, want := range map[string]string{
		"000\n000\n003\n":      "append 0 was performed twice",
		"001\n000\n003\n":      "append 1 was performed before append 0",
		"000\n001\n":           "append 3 was acknowledged, and is not there",
		"":                     "append 0 was acknowledged, and is not there",
		"000\n002\n003\n":      `append 2 was performed, but its result is "not done"`,
		"000\n003\n004\n":      `no append wrote "004\n"`,
		"000\n003\n00":         `no append wrote "00"`,
		"000\n003\nfragment\n": `no append wrote "fragment\n"`,
	} {
		assert.ErrorContains(t, CheckOrder(results, content), want, "%q", content)
	}
}

// TestCheckGaps: a notification that is missed without a word is found.
func TestCheckGaps(t *testing.T) {
	answered := []int{1, 2, 3, 5}
	for _, received := range [][]int{
		{1, 2, 3, 4, 5}, {1, 2, 2, 3, 5}, {1, lost, 3, 4, 5}, {lost, 3, lost}, {lost}, {1, 2, lost, lost, 5}, {1, 2, lost, 2, 5},
	} {
		assert.NoError(t, CheckGaps(received, answered), "%v", received)
	}
	for _, received := range [][]int{{}, {1, 3, 5}, {1, 2, 3}, {lost, 1, 3, 5}, {1, 3, lost, 5}, {1, 2, lost, 3}} {
		assert.Error(t, CheckGaps(received, answered), "%v", received)
	}
}

// guarantees are checks that run in addition to the model.
type guarantees struct {
	t      *testing.T
	cancel context.CancelFunc
	done   sync.WaitGroup
	order  []*Order
	gaps   *Gaps
	mu     sync.Mutex
	errors []error
}

// startGuarantees starts checks of what the model does not know, through connections of their own.
func startGuarantees(t *testing.T, cluster *radostest.Cluster) *guarantees {
	g := &guarantees{t: t}
	pool, err := cluster.Pool(t).GetPoolName()
	require.NoError(t, err)
	a, b := g.open(cluster, pool), g.open(cluster, pool)
	g.gaps, err = NewGaps(a, b, "watched")
	require.NoError(t, err)
	g.order = []*Order{NewOrder(a, b, "a"), NewOrder(b, a, "b")}
	ctx, cancel := context.WithCancel(context.Background())
	g.cancel = cancel
	t.Cleanup(cancel)
	for _, run := range []func(context.Context) error{g.gaps.Run, g.order[0].Run, g.order[1].Run} {
		g.done.Go(func() {
			if err := run(ctx); err != nil {
				g.mu.Lock()
				defer g.mu.Unlock()
				g.errors = append(g.errors, err)
			}
		})
	}
	return g
}

func (g *guarantees) open(cluster *radostest.Cluster, pool string) *rados.IOContext {
	conn, err := connectTo(cluster)(0, nil)
	require.NoError(g.t, err)
	g.t.Cleanup(conn.Shutdown)
	ioctx, err := conn.OpenIOContext(pool)
	require.NoError(g.t, err)
	return ioctx
}

// stop ends the checks, when all daemons are there again, and fails the test for what they found.
func (g *guarantees) stop() {
	g.cancel()
	g.done.Wait()
	for _, err := range g.errors {
		assert.NoError(g.t, err)
	}
	g.t.Logf("%v; %v; %v", g.order[0], g.order[1], g.gaps)
}
