package modelcheck

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// fault is a kind of fault. It is over when it returns: all daemons run, and can be reached.
type fault struct {
	name    string
	missing func() string // why this machine cannot make it, or ""; it can if this is nil
	make    func(f *faults)
}

var kindsOfFaults = slices.Concat(faultsOfDaemons, faultsOfMonitors, faultsOfPlacement, faultsOfConnections, faultsOfNetwork, faultsOfClock)

var faultsOfDaemons = []fault{
	{"kill-osd", nil, func(f *faults) {
		osd := f.osd()
		f.cluster.Kill(f.t, osd)
		f.hold(2 * time.Second)
		f.cluster.Restart(f.t, osd)
	}},
	{"stop-osd", nil, func(f *faults) {
		osd := f.osd()
		f.cluster.Stop(f.t, osd)
		f.hold(2 * time.Second)
		f.cluster.Restart(f.t, osd)
	}},
	{"pause-osd", nil, func(f *faults) { // for a moment, or until it has been marked down
		osd := f.osd()
		f.cluster.Pause(f.t, osd)
		f.hold(7 * time.Second)
		f.cluster.Resume(f.t, osd)
		f.cluster.WaitUp(f.t, osd)
	}},
	{"kill-all-osds", nil, func(f *faults) {
		for i := range *osds {
			f.cluster.Kill(f.t, fmt.Sprint("osd.", i))
		}
		f.hold(time.Second)
		for i := range *osds {
			f.cluster.Restart(f.t, fmt.Sprint("osd.", i))
		}
	}},
	{"restart-mon", nil, func(f *faults) {
		mon := f.mons()[0]
		f.cluster.Kill(f.t, mon)
		f.hold(2 * time.Second)
		f.cluster.Restart(f.t, mon)
	}},
	{"pause-mon", nil, func(f *faults) { f.pauseMons(1, 3*time.Second) }},
	{"kill-osd-and-mon", nil, func(f *faults) {
		osd, mon := f.osd(), f.mons()[0]
		f.cluster.Kill(f.t, osd)
		f.cluster.Kill(f.t, mon)
		f.hold(time.Second)
		f.cluster.Restart(f.t, mon)
		f.cluster.Restart(f.t, osd)
	}},
}

var faultsOfMonitors = []fault{
	{"pause-leader", nil, func(f *faults) { // until another is elected, or not as long
		var quorum struct {
			Leader string `json:"quorum_leader_name"`
		}
		f.ceph(&quorum, "quorum_status")
		leader := "mon." + quorum.Leader
		f.cluster.Pause(f.t, leader)
		f.hold(15 * time.Second)
		f.cluster.Resume(f.t, leader)
		f.cluster.WaitUp(f.t, leader)
	}},
	{"lose-quorum", nil, func(f *faults) { f.pauseMons(*mons/2+1, 8*time.Second) }},
	{"kill-quorum", nil, func(f *faults) {
		killed := f.mons()[:*mons/2+1]
		for _, mon := range killed {
			f.cluster.Kill(f.t, mon)
		}
		f.hold(3 * time.Second)
		for _, mon := range killed { // the first one makes a quorum again
			f.cluster.Restart(f.t, mon)
		}
	}},
}

var faultsOfPlacement = []fault{
	{"pg-num", nil, func(f *faults) { // the manager splits, or merges, one placement group after the other
		f.cluster.Ceph(f.t, "osd", "pool", "set", f.pool(), "pg_num", fmt.Sprint(4<<f.rng.IntN(4)))
		f.hold(5 * time.Second)
	}},
	{"inactive-pgs", nil, func(f *faults) {
		pool, osd := f.pool(), f.osd()
		before := strings.Fields(f.cluster.Ceph(f.t, "osd", "pool", "get", pool, "min_size"))[1]
		f.cluster.Ceph(f.t, "osd", "pool", "set", pool, "min_size", fmt.Sprint(min(*osds, 3)))
		f.cluster.Kill(f.t, osd)
		f.cluster.WaitDown(f.t, osd)
		f.hold(3 * time.Second)
		f.cluster.Ceph(f.t, "osd", "pool", "set", pool, "min_size", before)
		f.cluster.Restart(f.t, osd)
	}},
}

var faultsOfConnections = []fault{
	{"shutdown", nil, func(f *faults) { // of a connection that is in use
		require.NoError(f.t, f.target.Reconnect(f.rng.IntN(2), nil))
	}},
	{"repeat-writes", nil, func(f *faults) { // librados sends each write once more when it has been answered
		session := f.rng.IntN(2)
		require.NoError(f.t, f.target.Reconnect(session, map[string]string{"objecter_retry_writes_after_first_reply": "true"}))
		f.hold(5 * time.Second)
		require.NoError(f.t, f.target.Reconnect(session, nil))
	}},
	{"inject-socket-failures", nil, func(f *faults) {
		f.configure(6*time.Second, "ms_inject_socket_failures", fmt.Sprint(50+f.rng.IntN(500)))
	}},
	{"inject-delays", nil, func(f *faults) { // of messages, on connections that begin now
		f.configure(6*time.Second, "ms_inject_delay_type", "osd mon client", "ms_inject_delay_probability", "0.1",
			"ms_inject_delay_max", "0.5", "ms_inject_socket_failures", "200")
	}},
}

var faultsOfNetwork = []fault{
	{"loss", noNetwork, func(f *faults) {
		f.filter(8*time.Second, rule("filter", sometimes(0.01+0.1*f.rng.Float64()), "-j", "DROP"))
	}},
	{"duplicates", noNetwork, func(f *faults) {
		f.filter(8*time.Second, rule("mangle", sometimes(0.3), "-j", "TEE", "--gateway", "127.0.0.1"))
	}},
	{"delay", noNetwork, func(f *faults) {
		f.packets.set(time.Duration(1+f.rng.IntN(100))*time.Millisecond, 0)
		f.filter(8*time.Second, rule("filter", nil, "-j", "NFQUEUE", "--queue-bypass"))
	}},
	{"reordering", noNetwork, func(f *faults) {
		f.packets.set(0, 30*time.Millisecond)
		f.filter(8*time.Second, rule("filter", sometimes(0.3), "-j", "NFQUEUE", "--queue-bypass"))
	}},
	{"resets", noNetwork, func(f *faults) {
		f.filter(6*time.Second, rule("filter", sometimes(0.002), "-j", "REJECT", "--reject-with", "tcp-reset"))
	}},
	{"partition-mon", noNetwork, func(f *faults) {
		f.filter(8*time.Second, fromClientsTo(f.monPorts()[f.rng.IntN(*mons)]))
	}},
	{"partition-mons", noNetwork, func(f *faults) {
		f.filter(8*time.Second, fromClientsTo(strings.Join(f.monPorts(), ",")))
	}},
	{"partition-osd", noNetwork, func(f *faults) { // requests, answers or both are lost
		ports := f.osdPorts()
		requests := rule("filter", []string{"-m", "multiport", "--dports", ports}, "-j", "DROP")
		answers := rule("filter", []string{"-m", "multiport", "--sports", ports}, "-j", "DROP")
		f.filter(8*time.Second, [][][]string{{requests}, {answers}, {requests, answers}}[f.rng.IntN(3)]...)
	}},
}

// rule is a rule for filter.
func rule(table string, match []string, target ...string) []string {
	return slices.Concat([]string{table}, match, target)
}

// fromClientsTo is a rule that drops what clients send to ports.
func fromClientsTo(ports string) []string {
	return rule("filter", []string{"-m", "owner", "!", "--gid-owner", daemonsGroup, "-m", "multiport", "--dports", ports}, "-j", "DROP")
}

func (f *faults) osd() string { return fmt.Sprint("osd.", f.rng.IntN(*osds)) }

// mons are the monitors in random order.
func (f *faults) mons() (list []string) {
	for _, i := range f.rng.Perm(*mons) {
		list = append(list, "mon."+string(rune('a'+i)))
	}
	return list
}

// pauseMons pauses n monitors for a time.
func (f *faults) pauseMons(n int, longest time.Duration) {
	list := f.mons()[:n]
	for _, mon := range list {
		f.cluster.Pause(f.t, mon)
	}
	f.hold(longest)
	for _, mon := range list {
		f.cluster.Resume(f.t, mon)
	}
	for _, mon := range list {
		f.cluster.WaitUp(f.t, mon)
	}
}

// pool is one of the target's.
func (f *faults) pool() string { return f.target.pools[f.pools[f.rng.IntN(len(f.pools))]] }

// configure sets options of all daemons and clients for a time.
func (f *faults) configure(longest time.Duration, options ...string) {
	for i := 0; i < len(options); i += 2 {
		f.cluster.Ceph(f.t, "config", "set", "global", options[i], options[i+1])
	}
	f.hold(longest)
	for i := 0; i < len(options); i += 2 {
		if value, ok := atRest[options[i]]; ok {
			f.cluster.Ceph(f.t, "config", "set", "global", options[i], value)
		} else {
			f.cluster.Ceph(f.t, "config", "rm", "global", options[i])
		}
	}
}

// atRest has values of options that must not be removed after they have been set. A thread that has seen that
// ms_inject_socket_failures is not 0 divides by it: if it has become 0 meanwhile, the daemon or client crashes.
var atRest = map[string]string{"ms_inject_socket_failures": fmt.Sprint(math.MaxInt32)} // one read in two billion

// hold leaves things as they are for a time, up to the longest.
func (f *faults) hold(longest time.Duration) {
	time.Sleep(time.Duration(f.rng.Int64N(int64(longest))))
}
