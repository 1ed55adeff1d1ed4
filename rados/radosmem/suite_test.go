package radosmem_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lacking are the tests of package rados that cannot pass, by what the cluster in memory lacks.
var lacking = map[string][]string{
	"applications": {"TestApplications", "TestApplicationMetadata"},
	"commands to daemons": {
		"TestCachePin", "^TestCompatibility$/(commands|status|command_lines)", "TestGetBaseTier", "TestMakePoolWithCrushRule", "TestMgrCommand",
		"TestMonCommand", "TestOldMap", "TestOsdCommand", "TestPGCommand", "^TestPoolFacts$/stat.PoolStat",
		"^TestPools$/py.TestCommand.test_ceph_osd_pool_create_utf8", "^TestPoolsByID$/pool.Pool(CreateWithCrushRule|GetBaseTier)",
		"TestIterAfterTimeout", "TestListInconsistentPGs", "TestReleases", "TestWatchTimeouts",
	},
	"configuration": {
		"FuzzCommandLine", "FuzzConfigOption", "TestArgvEndsNoProcess", "TestConfigArgv", "TestConfigFiles", "TestConfigOptions",
		"TestConfiguration", "TestParseConfigArgvRemainder", "TestUnsafe",
	},
	"connections that fail": {"TestConnect", "TestNewConn", "TestOpen", "TestPingMonitor", "TestSecureConnections"},
	"facts about the cluster": {
		"TestBlocklistAdd", "TestClusterCompatibility", "TestMinCompatible", "TestNewerFunctions",
	},
	"log": {"TestClose$", "TestLibradosIsSilent", "TestLogger", "TestMonitorLog", "TestSetLogger"},
	"object classes": {"^TestExec$/misc.Exec", "^TestReadOp$/cread.(Exec|SetOpFlags)", "TestReadOpStopsAtAFailedStep", "TestSetFlagsWithoutAStep",
		"TestStepErrorsCountSteps", "TestTracer", "^TestWriteOp$/py.TestIoctx.test_execute_op"},
	"other checksums": {"TestChecksums", "^TestReadOp$/cread.Checksum"},
	"services":        {"TestRegisterService", "TestServices", "TestUpdateServiceStatus"},
	"the program rados, which reads what was written": {
		"TestContextForms$", "TestOmapManyEntries", "TestOmapNamesWithNUL", "TestSetAndRemoveOmap",
	},
	"the release of the installed programs": {
		"^TestAsynchronousCalls$/aio.Operate2Mtime", "^TestReadOp$/cread.Stat2", "TestStat2", "^TestWriteOp$/py.TestIoctx.test_remove_omap_ramge2",
	},
	"users": {"TestCaps", "TestClusterCaps", "TestKeyStaysSecret", "TestNoCapsAtOSDs", "TestRefusedUsers"},
}

// TestSuite performs the tests of package rados with the cluster in memory. The file of a cluster
// that does not exist makes package radostest start none.
func TestSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	conf := filepath.Join(t.TempDir(), "ceph.conf")
	require.NoError(t, os.WriteFile(conf, nil, 0o600))
	skip := strings.Join(slices.Sorted(slices.Values(slices.Concat(slices.Collect(maps.Values(lacking))...))), "|")
	cmd := exec.Command("go", "test", "-count=1", "-vet=off", "-short", "-v", "-timeout=5m", "-tags=radosmem", "-run=^Test", "-skip="+skip, "../../rados")
	cmd.Env = append(os.Environ(), "RADOS_TEST_CONF="+conf)
	out, err := cmd.CombinedOutput()
	assert.NoError(t, err)
	if t.Failed() {
		t.Log(string(out))
	}
	passed := regexp.MustCompile(`(?m)^--- PASS`).FindAll(out, -1)
	assert.Greater(t, len(passed), 140, "most tests are performed")
	t.Logf("%d tests passed", len(passed))
}
