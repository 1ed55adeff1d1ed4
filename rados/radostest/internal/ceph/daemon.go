package ceph

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Names of the one mgr and the one MDS; monitors are mon.a, mon.b and so on, OSDs osd.0, osd.1 and so on.
const (
	mgrName = "mgr.x"
	mdsName = "mds.m"
)

// kinds are the kinds of daemons.
var kinds = []string{"mon", "mgr", "osd", "mds"}

// FileSystem is the name of the file system of a cluster with an MDS.
const FileSystem = "cephfs"

func monName(n int) string { return "mon." + string(rune('a'+n)) }

func osdName(id int) string { return fmt.Sprintf("osd.%d", id) }

const (
	// pollInterval is how often a daemon is asked for its state.
	pollInterval = 20 * time.Millisecond
	// stopTimeout is how long a daemon may take to end after SIGTERM.
	stopTimeout = 15 * time.Second
)

// Daemon is one of a cluster's daemons. Its methods are safe for concurrent
// use.
type Daemon struct {
	Name string // such as osd.0

	cluster *Cluster
	mu      sync.Mutex
	proc    *process // the latest one, nil before the first
}

// kind is mon, mgr, osd or mds, and id what follows in the name.
func (d *Daemon) kind() string { kind, _, _ := strings.Cut(d.Name, "."); return kind }
func (d *Daemon) id() string   { _, id, _ := strings.Cut(d.Name, "."); return id }

// process is one run of a daemon, a child of this process.
type process struct {
	pid  int
	done chan struct{} // closed when it has exited
	end  string        // how it ended, once done is closed
}

// start runs the daemon in the foreground, as the user of this process. It
// does not wait until the daemon is of use.
func (d *Daemon) start() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.proc != nil && d.proc.running() {
		return fmt.Errorf("%s is already running, as process %d", d.Name, d.proc.pid)
	}
	stderr, err := os.OpenFile(d.path("stderr"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer stderr.Close()

	cmd := d.cluster.command(context.Background(), "ceph-"+d.kind(), "-i", d.id(), "-f")
	cmd.Stdout, cmd.Stderr = stderr, stderr
	cmd.Dir = "/" // Debian's 20.2 looks for its object classes in lib/…, where the daemon runs
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", d.Name, err)
	}
	d.proc = newProcess(cmd)
	return nil
}

func newProcess(cmd *exec.Cmd) *process {
	p := &process{pid: cmd.Process.Pid, done: make(chan struct{})}
	go func() {
		cmd.Wait()
		p.end = cmd.ProcessState.String()
		close(p.done)
	}()
	return p
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Running says whether the daemon's process exists, be it paused.
func (d *Daemon) Running() bool {
	p := d.process()
	return p != nil && p.running()
}

// PID is the id of the daemon's latest process, or 0 if it had none.
func (d *Daemon) PID() int {
	if p := d.process(); p != nil {
		return p.pid
	}
	return 0
}

func (d *Daemon) process() *process {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.proc
}

// Start starts a daemon that was stopped or killed, and waits until it serves.
func (d *Daemon) Start(ctx context.Context) error {
	if err := d.start(); err != nil {
		return err
	}
	return d.WaitUp(ctx)
}

// Stop asks the daemon to end, and kills it if it does not.
func (d *Daemon) Stop(ctx context.Context) error {
	if err := d.signal(syscall.SIGTERM); err != nil {
		return err
	}
	d.signal(syscall.SIGCONT) // a paused one hears SIGTERM only then
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	select {
	case <-d.process().done:
		return nil
	case <-ctx.Done():
		return d.Kill()
	}
}

// Kill ends the daemon with SIGKILL and waits until it is gone.
func (d *Daemon) Kill() error {
	p := d.process()
	if err := d.signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-p.done
	return nil
}

// Pause stops the daemon's process with SIGSTOP, and returns when it stands
// still: it keeps its connections and answers nothing.
func (d *Daemon) Pause() error {
	if err := d.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	p := d.process()
	for began := time.Now(); p.running() && !stopped(p.pid) && time.Since(began) < stopTimeout; {
		time.Sleep(time.Millisecond)
	}
	return nil
}

// stopped says whether a process stands still: the signal that stops it takes
// effect when the kernel comes to it.
func stopped(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, state, _ := strings.Cut(string(stat), ") ")
	return err == nil && strings.HasPrefix(state, "T")
}

// Resume lets a paused daemon go on.
func (d *Daemon) Resume() error { return d.signal(syscall.SIGCONT) }

func (d *Daemon) signal(sig syscall.Signal) error {
	p := d.process()
	if p == nil || !p.running() {
		return fmt.Errorf("%s is not running", d.Name)
	}
	err := syscall.Kill(p.pid, sig)
	if errors.Is(err, syscall.ESRCH) { // it has just exited
		return nil
	}
	return err
}

// path is one of the files named after the daemon.
func (d *Daemon) path(extension string) string {
	return fmt.Sprintf("%s/%s.%s", d.cluster.Dir, d.Name, extension)
}

// Log gives the last lines of the daemon's log and of its standard error.
func (d *Daemon) Log(lines int) string {
	var b strings.Builder
	for _, extension := range []string{"log", "stderr"} {
		text := tail(d.path(extension), lines)
		if text != "" {
			fmt.Fprintf(&b, "--- %s.%s, last lines\n%s\n", d.Name, extension, text)
		}
	}
	return b.String()
}

func tail(path string, lines int) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	var told []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !ownNoise(line) {
			told = append(told, line)
		}
	}
	return strings.Join(told[max(0, len(told)-lines):], "\n")
}

// ownNoise is what daemons log about being asked for their state, many times a
// second.
func ownNoise(line string) bool {
	return strings.Contains(line, "AdminSocket: request ") || strings.Contains(line, "from='admin socket'")
}
