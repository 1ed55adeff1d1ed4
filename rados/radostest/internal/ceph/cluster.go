// Package ceph runs a throw-away Ceph cluster: monitors, a mgr and OSDs, all
// of them on the loopback device and in one folder. It needs Ceph's daemons,
// but not librados.
package ceph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Config says what kind of cluster to start. The zero Config has one OSD that
// keeps its objects in memory.
type Config struct {
	OSDs      int           // 1 if it is 0
	Monitors  int           // 1 if it is 0
	BlueStore int64         // size of each OSD's file, or 0 for memstore
	IPv6      bool          // all daemons listen on ::1 instead of 127.0.0.1
	MDS       bool          // there is an MDS, and a file system of the name FileSystem
	Dir       string        // the cluster's folder: absent or empty; a new temporary one if it is ""
	Wire      Wire          // the default of Ceph if it is ""
	Settings  []Setting     // for ceph.conf, after the defaults
	Timeout   time.Duration // for the start as a whole; a minute if it is 0

	// Detach leaves the cluster running when this process ends.
	Detach bool
	// Progress, if set, is told each step of the start, one at a time.
	Progress func(step string)
}

// Cluster is a running cluster.
type Cluster struct {
	Dir string // removed when the cluster ends

	conf     string
	fsid     string
	cfg      Config
	programs programs
	ports    *ports
	watchdog *watchdog // nil if the cluster is detached
	daemons  []*Daemon // the monitors, the mgr, the OSDs by id, the MDS
}

// Start starts a cluster and waits until its OSDs are up and its mgr reports.
// Close ends it, and so does the end of this process, unless it is detached.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	cfg.complete()
	programs, err := findPrograms(cfg.programs())
	if err != nil {
		return nil, err
	}
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	for attempt := 1; ; attempt++ {
		c, again, err := startOnce(ctx, cfg, programs)
		if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, fmt.Errorf("the cluster was not ready within %v: %w", cfg.Timeout, err)
		}
		if err == nil || attempt == 3 || !again {
			return c, err
		}
	}
}

func (cfg *Config) complete() {
	if cfg.OSDs == 0 {
		cfg.OSDs = 1
	}
	if cfg.Monitors == 0 {
		cfg.Monitors = 1
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = time.Minute
	}
	var mu sync.Mutex
	progress := cfg.Progress
	cfg.Progress = func(step string) {
		if progress != nil {
			mu.Lock()
			defer mu.Unlock()
			progress(step)
		}
	}
}

// portTaken says whether it was for a port that the start failed: between the
// choice of one and its use anyone may take it. A monitor that ends for that does not
// always get round to logging it.
func (c *Cluster) portTaken(err error) bool {
	var failed *DaemonError
	return errors.As(err, &failed) && (strings.Contains(failed.Log, "unable to bind") ||
		strings.HasPrefix(failed.Daemon, "mon.") && !c.ports.monsFree())
}

// startOnce also says whether it is worth to try again after an error.
func startOnce(ctx context.Context, cfg Config, programs programs) (_ *Cluster, again bool, _ error) {
	dir, err := makeDir(cfg.Dir)
	if err != nil {
		return nil, false, err
	}
	c := &Cluster{Dir: dir, conf: filepath.Join(dir, "ceph.conf"), fsid: newUUID(), cfg: cfg, programs: programs}
	if err := c.start(ctx); err != nil {
		return nil, c.portTaken(err), errors.Join(err, c.Close())
	}
	return c, false, nil
}

// makeDir makes the cluster's folder, whose path must leave room for the names
// of the sockets in it.
func makeDir(dir string) (string, error) {
	const longest = maxSocketPath - len("/osd.10.asok")
	if dir == "" {
		parent, err := filepath.Abs(os.TempDir())
		if err != nil {
			return "", err
		}
		if len(parent)+len("/rados-1234567890") > longest {
			parent = "/tmp"
		}
		return os.MkdirTemp(parent, "rados-")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if len(dir) > longest {
		return "", fmt.Errorf("the path of the cluster's folder has %d bytes, and a unix socket's leaves it %d: choose a shorter one than %s",
			len(dir), longest, dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if old, err := os.ReadDir(dir); err != nil {
		return "", err
	} else if len(old) > 0 {
		return "", fmt.Errorf("the cluster's folder is removed when the cluster ends, so it must be empty at first: %s is not", dir)
	}
	return dir, nil
}

func (c *Cluster) start(ctx context.Context) (err error) {
	if !c.cfg.Detach {
		if c.watchdog, err = startWatchdog(c.Dir); err != nil {
			return err
		}
	}
	if c.ports, err = reservePorts(&c.cfg); err != nil {
		return err
	}
	if err := c.writeFiles(ctx); err != nil {
		return err
	}
	if err := c.startDaemons(ctx); err != nil {
		return err
	}
	if err := c.mon().await(ctx, "told by the mgr what the OSDs hold", func() bool { return c.reporting(ctx) }); err != nil {
		return err
	}
	c.cfg.Progress("the cluster is ready")
	return nil
}

func (c *Cluster) writeFiles(ctx context.Context) error {
	var names []string
	for n := range c.cfg.Monitors {
		names = append(names, monName(n))
	}
	names = append(names, mgrName)
	for id := range c.cfg.OSDs {
		names = append(names, osdName(id))
	}
	if c.cfg.MDS {
		names = append(names, mdsName)
	}
	for _, name := range names {
		c.daemons = append(c.daemons, &Daemon{Name: name, cluster: c})
		if err := os.Mkdir(filepath.Join(c.Dir, name), 0o700); err != nil {
			return err
		}
	}
	c.cfg.Progress("writing " + c.Conf())
	text := newConf(c.Dir, c.fsid, c.ports, &c.cfg).String()
	if err := os.WriteFile(c.Conf(), []byte(text), 0o600); err != nil {
		return err
	}
	return c.writeKeyring(ctx)
}

// startDaemons does at the same time what does not depend on each other. It is
// the mgr, importing its modules, that takes longest.
func (c *Cluster) startDaemons(ctx context.Context) error {
	quorum := make(chan struct{})
	steps := []func(context.Context) error{func(ctx context.Context) error {
		if err := c.startMons(ctx); err != nil {
			return err
		}
		close(quorum)
		return c.startFirst(ctx, c.daemons[c.cfg.Monitors])
	}}
	for id := range c.cfg.OSDs {
		steps = append(steps, func(ctx context.Context) error { return c.startOSD(ctx, id, quorum) })
	}
	if c.cfg.MDS {
		steps = append(steps, func(ctx context.Context) error { return c.startMDS(ctx, quorum) })
	}
	return parallel(ctx, steps)
}

// startMons makes the monitors' stores and starts them. Their first OSD map has the
// OSDs in it, which saves running "ceph osd new" for each.
func (c *Cluster) startMons(ctx context.Context) error {
	monmap, osdmap := filepath.Join(c.Dir, "monmap"), filepath.Join(c.Dir, "osdmap")
	create := []string{"--create", "--fsid", c.fsid}
	for i, mon := range c.mons() {
		create = append(create, "--addv", mon.id(), c.ports.monAddrs(i))
	}
	if err := c.run(ctx, "monmaptool", append(create, monmap)...); err != nil {
		return err
	}
	if err := c.run(ctx, "osdmaptool", "--createsimple", fmt.Sprint(c.cfg.OSDs), osdmap); err != nil {
		return err
	}
	var steps []func(context.Context) error
	for _, mon := range c.mons() {
		steps = append(steps, func(ctx context.Context) error {
			err := c.run(ctx, "ceph-mon", "-i", mon.id(), "--mkfs", "--monmap", monmap, "--osdmap", osdmap, "--keyring", c.Keyring())
			if err != nil {
				return err
			}
			return c.startFirst(ctx, mon)
		})
	}
	return parallel(ctx, steps)
}

// startOSD makes an OSD's store and starts it once there is a monitor: a daemon
// that does not find one immediately is slow to try again.
func (c *Cluster) startOSD(ctx context.Context, id int, quorum <-chan struct{}) error {
	err := c.run(ctx, "ceph-osd", "-i", fmt.Sprint(id), "--mkfs", "--osd-uuid", newUUID(), "--no-mon-config")
	if err != nil {
		return err
	}
	select {
	case <-quorum:
		return c.startFirst(ctx, c.daemons[c.cfg.Monitors+1+id])
	case <-ctx.Done():
		return nil // the monitor's step says why
	}
}

// startMDS makes the file system once there is a monitor, and starts its MDS, which waits for the OSDs.
func (c *Cluster) startMDS(ctx context.Context, quorum <-chan struct{}) error {
	select {
	case <-quorum:
	case <-ctx.Done():
		return nil // the monitor's step says why
	}
	const metadata, data = FileSystem + "_metadata", FileSystem + "_data"
	createPool := func(name string) func(context.Context) error {
		return func(ctx context.Context) error { return c.run(ctx, "ceph", "osd", "pool", "create", name) }
	}
	if err := parallel(ctx, []func(context.Context) error{createPool(metadata), createPool(data)}); err != nil {
		return err
	}
	if err := c.run(ctx, "ceph", "fs", "new", FileSystem, metadata, data); err != nil {
		return err
	}
	return c.startFirst(ctx, c.daemons[len(c.daemons)-1])
}

// startFirst starts a daemon for the first time. Unlike Daemon.Start it does not
// ask the monitor about each OSD: what that thinks is asked once, for them all.
func (c *Cluster) startFirst(ctx context.Context, d *Daemon) error {
	c.cfg.Progress("starting " + d.Name)
	if err := d.start(); err != nil {
		return err
	}
	if err := d.awaitServing(ctx); err != nil {
		return err
	}
	c.cfg.Progress(d.Name + " is " + d.serving())
	return nil
}

// parallel runs all steps at the same time. The first error ends the others and
// is the one returned.
func parallel(ctx context.Context, steps []func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan error)
	for _, step := range steps {
		go func() { results <- step(ctx) }()
	}
	var first error
	for range steps {
		if err := <-results; err != nil && first == nil {
			first = err
			cancel()
		}
	}
	return first
}

// Open returns a cluster that another process runs: the ceph program can be run
// against it, and that is all.
func Open(conf string) *Cluster {
	return &Cluster{conf: conf, programs: programs{"ceph": findProgram("ceph")}}
}

// Conf is the path of the cluster's ceph.conf.
func (c *Cluster) Conf() string { return c.conf }

// Keyring is the path of the keys of client.admin and of the daemons.
func (c *Cluster) Keyring() string { return filepath.Join(c.Dir, "keyring") }

// Daemons are all of the cluster's daemons.
func (c *Cluster) Daemons() []*Daemon { return c.daemons }

// Daemon finds a daemon by its name.
func (c *Cluster) Daemon(name string) (*Daemon, error) {
	var names []string
	for _, d := range c.daemons {
		if d.Name == name {
			return d, nil
		}
		names = append(names, d.Name)
	}
	return nil, fmt.Errorf("the cluster has no daemon %q, only %s", name, strings.Join(names, ", "))
}

func (c *Cluster) mon() *Daemon { return c.daemons[0] }

func (c *Cluster) mons() []*Daemon { return c.daemons[:c.cfg.Monitors] }

// Ceph runs the ceph program and returns what it printed to standard output.
func (c *Cluster) Ceph(ctx context.Context, args ...string) ([]byte, error) {
	if c.programs["ceph"] == "" {
		return nil, &MissingError{[]string{"ceph"}}
	}
	return output(c.command(ctx, "ceph", args...))
}

func (c *Cluster) run(ctx context.Context, program string, args ...string) error {
	_, err := output(c.command(ctx, program, args...))
	return err
}

func output(cmd *exec.Cmd) ([]byte, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("%s %s: %w\n%s", filepath.Base(cmd.Path), strings.Join(cmd.Args[1:], " "), err, head(stderr.String(), 10))
	}
	return out, nil
}

// head cuts what a program says when it crashes: at first why, then a stack
// several times.
func head(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	if len(all) > lines {
		all = append(all[:lines], "...")
	}
	return strings.Join(all, "\n")
}

// command makes one of Ceph's programs speak to this cluster and end with it.
func (c *Cluster) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.programs[program], append([]string{"--conf", c.Conf()}, args...)...)
	cmd.Env = environment()
	if c.watchdog != nil {
		cmd.SysProcAttr = c.watchdog.group()
	} else {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	}
	return cmd
}

// Close kills the daemons: the data of the cluster is not needed.
// It removes the folder and returns when no process is left.
func (c *Cluster) Close() error {
	var err error
	if c.watchdog != nil {
		err = c.watchdog.close()
	} else {
		err = Remove(c.Dir)
	}
	for _, d := range c.daemons {
		d.Kill() // returns when it is gone, which it usually is by now
	}
	if c.ports != nil {
		c.ports.release()
	}
	return err
}
