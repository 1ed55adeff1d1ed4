package ceph

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// startTest starts a cluster that is closed at the end of the test, if it is
// not before.
func startTest(t *testing.T, cfg Config) *Cluster {
	t.Helper()
	SkipMissing(t, Installed())
	c, err := Start(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

// requireGone checks that nothing is left of the cluster in dir, waiting for it
// if no other process has.
func requireGone(t *testing.T, dir string) {
	t.Helper()
	require.Eventually(t, func() bool {
		left, err := Processes(dir)
		require.NoError(t, err)
		_, err = os.Stat(dir)
		return len(left) == 0 && os.IsNotExist(err)
	}, 10*time.Second, pollInterval, "%s is still there, or processes of it", dir)
}

func TestStartAndClose(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{
		"one OSD":   {},
		"BlueStore": {BlueStore: 1 << 30},
		"three OSDs, own folder, more logs": {
			OSDs: 3, Dir: filepath.Join(os.TempDir(), fmt.Sprintf("rados-own-%d", os.Getpid())),
			Settings: []Setting{{"global", "debug_osd", "5"}},
		},
		"detached":       {Detach: true},
		"MDS":            {MDS: true},
		"three monitors": {Monitors: 3},
		"IPv6":           {IPv6: true},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "one OSD" {
				t.Skip("one cluster is enough for a short test")
			}
			if cfg.MDS && findProgram("ceph-mds") == "" {
				t.Skip("ceph-mds is not installed")
			}
			if err := cfg.Check(); err != nil {
				t.Skip(err)
			}
			c := startTest(t, cfg)
			osds := max(cfg.OSDs, 1)

			health, err := c.Ceph(t.Context(), "health")
			require.NoError(t, err)
			// Debian 13's mgr warns: its Python modules do not work in subinterpreters.
			assert.Regexp(t, "^(HEALTH_OK|HEALTH_WARN 10 mgr modules have failed dependencies)\n$", string(health))
			stat, err := c.Ceph(t.Context(), "osd", "stat")
			require.NoError(t, err)
			assert.Contains(t, string(stat), fmt.Sprintf("%d osds: %d up", osds, osds))

			running, err := Processes(c.Dir)
			require.NoError(t, err)
			names := DaemonNames(c.Dir)
			daemons := max(cfg.Monitors, 1) + 1 + osds
			if cfg.MDS {
				daemons++
				files, err := c.Ceph(t.Context(), "fs", "ls")
				require.NoError(t, err)
				assert.Contains(t, string(files), "name: cephfs,")
			}
			assert.Len(t, names, daemons)
			for _, name := range names {
				d, err := c.Daemon(name)
				require.NoError(t, err)
				assert.True(t, d.Running())
				assert.Contains(t, running, Process{d.PID(), name})
			}

			require.NoError(t, c.Close())
			assert.NoDirExists(t, c.Dir)
			for _, p := range running {
				assert.ErrorIs(t, syscall.Kill(p.PID, 0), syscall.ESRCH, "%s still exists", p.Name)
			}
		})
	}
}

func TestTwoClustersAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("starts two clusters")
	}
	t.Parallel()
	a, b := startTest(t, Config{}), startTest(t, Config{})
	assert.NotEqual(t, a.ports.base, b.ports.base)
	for _, c := range []*Cluster{a, b} {
		fsid, err := c.Ceph(t.Context(), "fsid")
		require.NoError(t, err)
		conf, err := os.ReadFile(c.Conf())
		require.NoError(t, err)
		assert.Contains(t, string(conf), "fsid = "+string(fsid))
	}
	require.NoError(t, a.Close())
	_, err := b.Ceph(t.Context(), "osd", "stat")
	assert.NoError(t, err)
}

// TestEndOfParent starts a cluster in another process, whose ends run none of
// its code.
func TestEndOfParent(t *testing.T) {
	t.Parallel()
	ends := map[string]func(p *os.Process) error{
		"exit":    func(p *os.Process) error { return nil },
		"panic":   func(p *os.Process) error { return nil },
		"SIGINT":  func(p *os.Process) error { return p.Signal(syscall.SIGINT) },
		"SIGTERM": func(p *os.Process) error { return p.Signal(syscall.SIGTERM) },
		"SIGKILL": func(p *os.Process) error { return p.Kill() },
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "SIGKILL" {
				t.Skip("one end is enough for a short test")
			}
			SkipMissing(t, Installed())
			parent := exec.Command(os.Args[0])
			parent.Env = append(os.Environ(), parentVariable+"="+name)
			stdout, err := parent.StdoutPipe()
			require.NoError(t, err)
			stdin, err := parent.StdinPipe()
			require.NoError(t, err)
			require.NoError(t, parent.Start())
			t.Cleanup(func() { parent.Process.Kill(); parent.Wait() })

			dir, err := bufio.NewReader(stdout).ReadString('\n')
			require.NoError(t, err)
			dir = strings.TrimSuffix(dir, "\n")
			running, err := Processes(dir)
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(running), 3) // a monitor also forks

			require.NoError(t, end(parent.Process))
			stdin.Close() // on which the process exits, or panics
			parent.Wait()
			requireGone(t, dir)
		})
	}
}

// parentVariable makes the test binary be the process of TestEndOfParent.
const parentVariable = "RADOSTEST_PARENT"

func TestMain(m *testing.M) {
	if end := os.Getenv(parentVariable); end != "" {
		beParent(end)
	}
	code := m.Run()
	ReportSkipped(os.Stderr)
	os.Exit(code)
}

func beParent(end string) {
	c, err := Start(context.Background(), Config{})
	if err != nil {
		panic(err)
	}
	c.daemons[2].Pause() // a stopped process hears only SIGKILL
	fmt.Println(c.Dir)
	if end == "exit" || end == "panic" {
		fmt.Scanln()
	} else {
		select {}
	}
	if end == "panic" {
		panic("as a test's time-out does")
	}
	os.Exit(0)
}

func TestPortTaken(t *testing.T) {
	t.Parallel()
	programs, err := findPrograms(needed)
	SkipMissing(t, err)
	require.NoError(t, err)
	cfg := Config{}
	cfg.complete()
	dir, err := makeDir("")
	require.NoError(t, err)
	c := &Cluster{Dir: dir, conf: dir + "/ceph.conf", fsid: newUUID(), cfg: cfg, programs: programs}
	t.Cleanup(func() { c.Close() })
	c.watchdog, err = startWatchdog(dir)
	require.NoError(t, err)
	c.ports, err = reservePorts(&cfg)
	require.NoError(t, err)
	require.NoError(t, c.writeFiles(t.Context()))

	thief, err := net.Listen("tcp", c.ports.addr(1))
	require.NoError(t, err)
	defer thief.Close()
	err = c.startDaemons(t.Context())
	require.Error(t, err)
	assert.True(t, c.portTaken(err), "Start must try again after: %v", err)
}

func TestFailedStart(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		cfg  Config
		want []string
	}{
		"a daemon's settings": {
			Config{Settings: []Setting{{"mgr", "keyring", "/nonexistent"}}},
			[]string{"mgr.x ended (exit status 1) before it was active", "mgr.x.stderr, last lines"},
		},
		"mkfs's settings": {
			Config{Settings: []Setting{{"osd", "osd data", "/nonexistent"}}},
			[]string{"ceph-osd --conf", "--mkfs", ": exit status "},
		},
		"time-out": {
			Config{Timeout: 100 * time.Millisecond},
			[]string{"the cluster was not ready within 100ms"},
		},
		"too many OSDs": {
			Config{OSDs: 11},
			[]string{"a cluster of 11 OSDs: it must be 1 to 10"},
		},
		"too many monitors": {
			Config{Monitors: 4},
			[]string{"a cluster of 4 monitors: it must be 1 to 3"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.cfg.Dir = filepath.Join(os.TempDir(), fmt.Sprintf("rados-fail-%d", os.Getpid()))
			c, err := Start(t.Context(), test.cfg)
			if err == nil {
				c.Close()
			}
			SkipMissing(t, err)
			require.Error(t, err)
			for _, want := range test.want {
				assert.ErrorContains(t, err, want)
			}
			requireGone(t, test.cfg.Dir)
		})
	}
}

func TestFolder(t *testing.T) {
	_, err := makeDir("/" + strings.Repeat("x", 96))
	assert.ErrorContains(t, err, "choose a shorter one")

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/precious", nil, 0o600))
	_, err = makeDir(dir)
	assert.ErrorContains(t, err, "it must be empty at first")

	t.Setenv("TMPDIR", t.TempDir()+strings.Repeat("/x", 50))
	dir, err = makeDir("")
	require.NoError(t, err)
	assert.Regexp(t, "^/tmp/rados-", dir)
	require.NoError(t, os.Remove(dir))
}

func TestMissingPrograms(t *testing.T) {
	saved := SearchDirs
	t.Cleanup(func() { SearchDirs = saved })
	SearchDirs = []string{t.TempDir()}
	t.Setenv("PATH", t.TempDir())

	_, err := Start(t.Context(), Config{})
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, needed, missing.Programs)
	assert.ErrorContains(t, err, "apt-get install --no-install-recommends ceph-mon ceph-mgr ceph-osd ceph-common")
	assert.NotContains(t, err.Error(), "ceph-mds")
	_, err = Start(t.Context(), Config{MDS: true})
	assert.ErrorContains(t, err, "ceph-osd ceph-common ceph-mds")

	_, err = Open("/etc/ceph/ceph.conf").Ceph(t.Context(), "health")
	assert.ErrorAs(t, err, &missing)
}

func TestEnvironment(t *testing.T) {
	for _, v := range []string{"CEPH_ARGS", "CEPH_CONF", "CEPH_KEYRING", "OTHER"} {
		t.Setenv(v, "value")
	}
	assert.Contains(t, environment(), "OTHER=value")
	assert.NotContains(t, strings.Join(environment(), "\n"), "CEPH_")
}

func TestPorts(t *testing.T) {
	t.Parallel()
	a, err := reservePorts(&Config{Monitors: MaxMonitors})
	require.NoError(t, err)
	defer a.release()
	assert.False(t, a.free(0), "the guard does not hold the block")
	assert.True(t, a.free(1))
	first, last := a.others()
	assert.LessOrEqual(t, 2+8*(MaxOSDs+1), last-first+1, "there are too few ports for the most OSDs")
	a.release()
	// A daemon that another test is just starting holds the guard, too, from fork to exec.
	assert.Eventually(t, func() bool { return a.free(0) }, 10*time.Second, time.Millisecond)
}
