package rados_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados/radostest"
)

// TestInconsistentObject changes the replicas of objects in the stores of stopped OSDs, so that their checksums
// there are right: reads return the right data or EIO, scrubbing finds the objects, repair mends them.
func TestInconsistentObject(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	tool, err := exec.LookPath("ceph-objectstore-tool")
	if err != nil {
		t.Skip("ceph-objectstore-tool is not installed")
	}
	cluster := radostest.Start(t, radostest.OSDs(3), radostest.BlueStore(1<<30),
		radostest.Config("osd", "osd scrub sleep", "0"), radostest.Config("osd", "osd deep scrub randomize ratio", "0"))
	ioctx := cluster.Pool(t)
	pool, err := ioctx.GetPoolName()
	require.NoError(t, err)
	right := bytes.Repeat([]byte("right"), 1000)
	oids := make([]string, 4)
	for i := range oids {
		oids[i] = fmt.Sprint("object-", i)
		require.NoError(t, ioctx.WriteFull(oids[i], right))
	}
	for osd := range 2 { // the third one has a replica that is right
		corrupt(t, cluster, tool, osd, oids[2*osd:][:2])
	}
	readRight := func(mayFail bool) {
		for _, oid := range oids {
			data := make([]byte, len(right)+1)
			n, err := ioctx.Read(oid, data, 0)
			if err == nil {
				assert.True(t, bytes.Equal(right, data[:n]), "%s: wrong data without an error: %.20q", oid, data[:n])
			} else {
				assert.True(t, mayFail, "%s: %v", oid, err)
				assert.ErrorContains(t, err, "input/output error")
			}
		}
	}
	readRight(true)

	inconsistent := func() string { return cluster.Ceph(t, "health", "detail") }
	each := func(command string) {
		for _, line := range strings.Split(cluster.Ceph(t, "pg", "ls-by-pool", pool), "\n") {
			if id, _, _ := strings.Cut(line, " "); strings.Contains(id, ".") {
				cluster.Ceph(t, "pg", command, id)
			}
		}
	}
	corrupt(t, cluster, tool, 0, oids) // reads may have mended those that were wrong
	each("deep-scrub")
	require.Eventually(t, func() bool { return strings.Contains(inconsistent(), "scrub errors") }, 2*time.Minute, time.Second, "%s", inconsistent())
	readRight(true)
	each("repair")
	require.Eventually(t, func() bool { return !strings.Contains(inconsistent(), "scrub errors") }, 2*time.Minute, time.Second, "%s", inconsistent())
	readRight(false)
}

// corrupt changes objects in the store of an OSD.
func corrupt(t *testing.T, cluster *radostest.Cluster, tool string, osd int, oids []string) {
	name := fmt.Sprint("osd.", osd)
	cluster.Stop(t, name)
	wrong := filepath.Join(t.TempDir(), "wrong")
	require.NoError(t, os.WriteFile(wrong, bytes.Repeat([]byte("wrong"), 1000), 0o600))
	store := filepath.Join(filepath.Dir(cluster.Conf()), name)
	for _, oid := range oids {
		cmd := exec.Command(tool, "--no-mon-config", "--data-path", store, oid, "set-bytes", wrong)
		cmd.Env = append(os.Environ(), "CEPH_CONF="+cluster.Conf())
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	cluster.Restart(t, name)
}
