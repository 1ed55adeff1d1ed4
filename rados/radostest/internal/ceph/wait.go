package ceph

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// DaemonError says that a daemon did not become what was waited for. Its text
// has the end of the daemon's log.
type DaemonError struct {
	Daemon string
	Reason string
	Log    string
}

func (e *DaemonError) Error() string {
	return fmt.Sprintf("%s %s\n%s", e.Daemon, e.Reason, e.Log)
}

// await calls a function until it returns true. It returns an error when the context is
// done or, if the daemon should run, when the daemon exits.
func (d *Daemon) await(ctx context.Context, state string, reached func() bool) error {
	began := time.Now()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for !reached() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return d.failed(fmt.Sprintf("was not %s after %.1f s", state, time.Since(began).Seconds()))
		case <-d.process().done:
			return d.failed(fmt.Sprintf("ended (%s) before it was %s", d.process().end, state))
		}
	}
	return nil
}

func (d *Daemon) failed(reason string) error {
	return &DaemonError{Daemon: d.Name, Reason: reason, Log: d.Log(20)}
}

// ask sends a command to the daemon's admin socket.
func (d *Daemon) ask(ctx context.Context, command string, answer any) error {
	return ask(ctx, d.path("asok"), command, answer)
}

// WaitUp waits until the running daemon serves: the monitor is in quorum, the
// mgr and the MDS are active, the OSD and the monitor both say that the OSD is up.
func (d *Daemon) WaitUp(ctx context.Context) error {
	if d.process() == nil {
		return fmt.Errorf("%s was never started", d.Name)
	}
	if err := d.awaitServing(ctx); err != nil || d.kind() != "osd" {
		return err
	}
	// One that was paused learns only later that it has been marked down, and
	// then boots again.
	return d.await(ctx, "marked up", func() bool { return d.markedUp(ctx) && d.booted(ctx) })
}

// awaitServing waits until the daemon itself says that it serves.
func (d *Daemon) awaitServing(ctx context.Context) error {
	serves := map[string]func(context.Context) bool{"mon": d.inQuorum, "mgr": d.active, "osd": d.booted, "mds": d.servesFiles}[d.kind()]
	return d.await(ctx, d.serving(), func() bool { return serves(ctx) })
}

// serving is the word for the state in which such a daemon serves.
func (d *Daemon) serving() string {
	return map[string]string{"mon": "in quorum", "mgr": "active", "osd": "up", "mds": "active"}[d.kind()]
}

// WaitDown waits until the monitor says that the OSD is down.
func (d *Daemon) WaitDown(ctx context.Context) error {
	if d.kind() != "osd" {
		return fmt.Errorf("only OSDs are marked down, not %s", d.Name)
	}
	for d.markedUp(ctx) {
		select {
		case <-time.After(pollInterval):
		case <-ctx.Done():
			return d.failed("was not marked down by the monitor in time")
		}
	}
	return ctx.Err()
}

func (d *Daemon) inQuorum(ctx context.Context) bool {
	var mon struct {
		State string `json:"state"`
	}
	return d.ask(ctx, "mon_status", &mon) == nil && (mon.State == "leader" || mon.State == "peon")
}

// active asks for something that only an active mgr answers. The command that
// would say whether it is active, mgr_status, is not in Ceph 14.2.
func (d *Daemon) active(ctx context.Context) bool {
	var network struct{}
	return d.ask(ctx, "dump_osd_network", &network) == nil
}

// booted is the OSD's own view.
func (d *Daemon) booted(ctx context.Context) bool {
	var osd struct {
		State string `json:"state"`
	}
	return d.ask(ctx, "status", &osd) == nil && osd.State == "active"
}

// servesFiles is the MDS's own view.
func (d *Daemon) servesFiles(ctx context.Context) bool {
	var mds struct {
		State string `json:"state"`
	}
	return d.ask(ctx, "status", &mds) == nil && mds.State == "up:active"
}

// markedUp is the monitor's view of an OSD.
func (d *Daemon) markedUp(ctx context.Context) bool {
	out, err := d.cluster.Ceph(ctx, "osd", "dump", "--format", "json")
	if err != nil {
		return false
	}
	var dump struct {
		OSDs []struct {
			OSD int `json:"osd"`
			Up  int `json:"up"`
		} `json:"osds"`
	}
	if json.Unmarshal(out, &dump) != nil {
		return false
	}
	for _, osd := range dump.OSDs {
		if osdName(osd.OSD) == d.Name {
			return osd.Up == 1
		}
	}
	return false
}

// reporting is the monitor's view of the whole: every OSD is up, and the mgr
// has told it how much they hold, for which it has to be active.
func (c *Cluster) reporting(ctx context.Context) bool {
	var perf struct {
		Cluster struct {
			Up    int    `json:"num_osd_up"`
			Bytes uint64 `json:"osd_bytes"`
		} `json:"cluster"`
	}
	for _, mon := range c.mons() { // only the leader knows
		if mon.ask(ctx, "perf dump", &perf) == nil && perf.Cluster.Up == c.cfg.OSDs && perf.Cluster.Bytes > 0 {
			return true
		}
	}
	return false
}
