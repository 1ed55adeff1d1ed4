package modelcheck

import (
	"fmt"
	"maps"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// liar is a Target that now and then performs an append otherwise than it says.
type liar struct {
	*Cluster
	lie     func(perform func() string) string
	appends atomic.Int64
}

func (l *liar) Do(worker int, space Space, object string, op Op) string {
	perform := func() string { return l.Cluster.Do(worker, space, object, op) }
	if op.Kind == Append && l.appends.Add(1)%40 == 0 {
		return l.lie(perform)
	}
	return perform()
}

// TestLiesAreCaught: what a real cluster did not do, or did twice or in secret, is noticed.
func TestLiesAreCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster")
	}
	for name, lie := range map[string]func(func() string) string{
		"lost":                   func(func() string) string { return Done },
		"performed twice":        func(perform func() string) string { perform(); return perform() },
		"performed, not unknown": func(perform func() string) string { perform(); return NotDone },
	} {
		t.Run(name, func(t *testing.T) {
			r := quick(&liar{Cluster: onCluster(t, radostest.Shared(t)), lie: lie}, 50)
			require.NotEmpty(t, r.Failures())
			for _, f := range r.Failures() {
				assert.Equal(t, "its history is unexplained", f.Reason)
			}
		})
	}
}

// connectTo makes connections to a cluster. They have an end set to every operation, which
// those of the first one hardly ever meet.
func connectTo(cluster *radostest.Cluster) connector {
	return func(number int, more map[string]string) (*rados.Conn, error) {
		conn, err := rados.NewConnWithUser("admin")
		if err != nil {
			return nil, err
		}
		if err := conn.ReadConfigFile(cluster.Conf()); err != nil {
			return nil, err
		}
		options := map[string]string{
			"rados_osd_op_timeout": []string{"20", "3"}[number],
			"admin_socket":         filepath.Join(filepath.Dir(cluster.Conf()), "modelcheck.$pid.$cctid.asok"), // see underWay
		}
		maps.Copy(options, more)
		for option, value := range options {
			if err := conn.SetConfigOption(option, value); err != nil {
				return nil, err
			}
		}
		return conn, conn.Connect()
	}
}

// underWay returns the operations in flight of each librados: those that it has sent and not
// been answered, and which it holds back because an OSD has told it to.
func underWay(t *testing.T, cluster *radostest.Cluster) (said []string) {
	sockets, err := filepath.Glob(filepath.Join(filepath.Dir(cluster.Conf()), "modelcheck.*.asok"))
	require.NoError(t, err)
	for _, socket := range sockets {
		said = append(said, cluster.Ceph(t, "daemon", socket, "objecter_requests"))
	}
	return said
}

func onCluster(t *testing.T, cluster *radostest.Cluster) *Cluster {
	target, err := NewCluster(2, connectTo(cluster))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, target.Close()) })
	return target
}

// TestModel: a cluster without faults does what the model says, with one client, whose
// operations can be replayed exactly, and with several.
func TestModel(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster")
	}
	for _, workers := range []int{1, 8} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			var r *Run
			r = NewRun(onCluster(t, radostest.Shared(t)), Config{
				Seed: uint64(time.Now().UnixNano()), Workers: workers, Ops: 640 / workers, Objects: 5, CheckLimit: time.Minute, Pools: Replicated,
				Quiet: func(so Totals) {
					if so.Generations == 3 {
						r.Stop()
					}
				},
			})
			<-r.Start()
			for _, f := range r.Failures() {
				t.Errorf("seed %d: %s", r.Seed, f)
			}
		})
	}
}
