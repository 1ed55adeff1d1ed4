package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados/radostest/internal/ceph"
)

// The test binary is the command too, if this variable is set.
const commandVariable = "CLUSTER_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(commandVariable) != "" {
		main()
	}
	code := m.Run()
	ceph.ReportSkipped(os.Stderr)
	os.Exit(code)
}

// user is a user of the command, with a runtime folder.
type user struct {
	t       *testing.T
	runtime string
}

// newUser's clusters are taken down with the test.
func newUser(t *testing.T) user {
	u := user{t, t.TempDir()}
	t.Cleanup(func() { u.run("down") })
	return u
}

// newClusterUser is newUser for a test that starts a cluster.
func newClusterUser(t *testing.T) user {
	ceph.SkipMissing(t, ceph.Installed())
	return newUser(t)
}

func (u user) command(args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	cmd = exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), commandVariable+"=1", "XDG_RUNTIME_DIR="+u.runtime)
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd, stdout, stderr
}

func (u user) run(args ...string) (code int, stdout, stderr string) {
	u.t.Helper()
	cmd, out, errs := u.command(args...)
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		require.NoError(u.t, err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// must is a command that succeeds.
func (u user) must(args ...string) (stdout, stderr string) {
	u.t.Helper()
	code, stdout, stderr := u.run(args...)
	require.Zero(u.t, code, stderr)
	return stdout, stderr
}

func (u user) dir() string {
	dir, err := os.Readlink(filepath.Join(u.runtime, "rados-cluster"))
	require.NoError(u.t, err)
	return dir
}

func TestUpStatusDown(t *testing.T) {
	t.Parallel()
	u := newClusterUser(t)
	code, out, _ := u.run("status")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "No cluster is up")

	export, steps := u.must("up", "--osds", "2")
	dir := u.dir()
	assert.Equal(t, fmt.Sprintf("export CEPH_CONF='%s/ceph.conf' RADOS_TEST_CONF='%[1]s/ceph.conf'\n", dir), export)
	assert.Regexp(t, `(?m)^ *\d+\.\d\d s  osd.1 is up$`, steps)

	again, note := u.must("up")
	assert.Equal(t, export, again)
	assert.Contains(t, note, "already up")

	out, _ = u.must("status")
	assert.Regexp(t, `mon.a   process \d+\nmgr.x   process \d+\nosd.0   process \d+\nosd.1   process \d+\nhealth  HEALTH_`, out)

	kill(t, out, "osd.1")
	code, out, _ = u.run("status")
	assert.Equal(t, 1, code)
	assert.Regexp(t, `osd.0   process \d+\nosd.1   not running\n`, out)
	code, _, note = u.run("up")
	assert.Equal(t, 1, code)
	assert.Contains(t, note, `stop the others with "down" first`)

	_, note = u.must("down")
	assert.Contains(t, note, dir+" is removed")
	requireGone(t, dir)
	_, note = u.must("down")
	assert.Contains(t, note, "No cluster is up")
}

// kill ends a daemon, whose process id status has printed.
func kill(t *testing.T, status, name string) {
	t.Helper()
	match := regexp.MustCompile(name + ` +process (\d+)\n`).FindStringSubmatch(status)
	require.NotNil(t, match, status)
	pid, err := strconv.Atoi(match[1])
	require.NoError(t, err)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != syscall.ESRCH { // one may not survive the others
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { // process 1 may never reap it
		cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		return err != nil || len(cmdline) == 0
	}, 10*time.Second, 10*time.Millisecond, "%s, process %d, outlived SIGKILL", name, pid)
}

func requireGone(t *testing.T, dir string) {
	t.Helper()
	left, err := ceph.Processes(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
	assert.NoDirExists(t, dir)
}

func TestUpAfterReboot(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own")
	}
	t.Parallel()
	u := newClusterUser(t)
	u.must("up", "--dir", filepath.Join(u.runtime, "first"))
	first := u.dir()
	assert.Equal(t, filepath.Join(u.runtime, "first"), first)
	out, _ := u.must("status")
	for _, name := range []string{"osd.0", "mgr.x", "mon.a"} {
		kill(t, out, name)
	}
	code, out, _ := u.run("status")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "is not running: start a new one")

	_, note := u.must("up")
	assert.Contains(t, note, "Removing the files of a cluster that is not running, in "+first)
	assert.NoDirExists(t, first)
	u.must("status")
}

func TestUpInterrupted(t *testing.T) {
	t.Parallel()
	for name, sig := range map[string]syscall.Signal{"SIGINT": syscall.SIGINT, "SIGKILL": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			u := newClusterUser(t)
			cmd, _, _ := u.command("up")
			cmd.Stderr = nil
			steps, err := cmd.StderrPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			awaitText(t, steps, "starting mgr.x")
			dir := u.dir()
			require.NoError(t, cmd.Process.Signal(sig))
			cmd.Wait()
			if sig == syscall.SIGKILL { // of which up knows nothing, but down does
				u.must("down")
			}
			requireGone(t, dir)
			assert.NoFileExists(t, filepath.Join(u.runtime, "rados-cluster"))
		})
	}
}

func awaitText(t *testing.T, r interface{ Read([]byte) (int, error) }, want string) {
	t.Helper()
	var text strings.Builder
	for buf := make([]byte, 256); !strings.Contains(text.String(), want); {
		n, err := r.Read(buf)
		require.NoError(t, err)
		text.Write(buf[:n])
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	u := newClusterUser(t)
	script := `echo "$CEPH_CONF"; test "$CEPH_CONF" = "$RADOS_TEST_CONF" && ceph osd stat; exit 7`
	code, out, errs := u.run("run", "--", "sh", "-c", script)
	assert.Equal(t, 7, code, errs)
	conf, stat, _ := strings.Cut(out, "\n")
	assert.Contains(t, stat, "1 up")
	requireGone(t, filepath.Dir(conf))
	assert.NoFileExists(t, filepath.Join(u.runtime, "rados-cluster"), "run is no business of up's")
}

func TestRunEndedBySignal(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own")
	}
	t.Parallel()
	u := newClusterUser(t)
	code, _, _ := u.run("run", "sh", "-c", "kill -TERM $$")
	assert.Equal(t, 128+int(syscall.SIGTERM), code)
}

func TestRunPassesSignalsOn(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own")
	}
	t.Parallel()
	u := newClusterUser(t)
	cmd, _, _ := u.command("run", "--", "sh", "-c", `trap 'exit 9' TERM; echo "$CEPH_CONF"; while :; do read -r _; done`)
	cmd.Stdout = nil
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	defer stdin.Close()
	require.NoError(t, cmd.Start())
	conf, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	stdin.Write([]byte("\n"))
	cmd.Wait()
	assert.Equal(t, 9, cmd.ProcessState.ExitCode())
	requireGone(t, filepath.Dir(conf))
}

func TestUsage(t *testing.T) {
	u := newUser(t)
	for _, args := range [][]string{{"help"}, {"up", "--help"}} {
		out, _ := u.must(args...)
		assert.Equal(t, usage, out)
	}
	for want, args := range map[string][]string{
		"a command is missing":             {},
		`there is no command "start"`:      {"start"},
		"--osds is 0, but must be 1 to 10": {"up", "--osds", "0"},
		"--mons is 4, but must be 1 to 3":  {"run", "--mons", "4"},
		"not defined: -nonsense":           {"up", "--nonsense"},
		`wire mode "secret": it must be`:   {"up", "--wire", "secret"},
		`unexpected argument "x"`:          {"status", "x"},
		"the program to run is missing":    {"run", "--osds", "3"},
	} {
		code, out, errs := u.run(args...)
		assert.Equal(t, 2, code)
		assert.Empty(t, out)
		assert.Contains(t, errs, want)
		assert.Contains(t, errs, usage)
	}
}

func TestLinkOfSomebodyElse(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a file away")
	}
	u := newUser(t)
	link := filepath.Join(u.runtime, "rados-cluster")
	require.NoError(t, os.Symlink("/precious", link))
	require.NoError(t, os.Lchown(link, 12345, 12345))
	code, _, errs := u.run("down")
	assert.Equal(t, 1, code)
	assert.Contains(t, errs, "belongs to user 12345, not to you")
	require.NoError(t, os.Remove(link))
}
