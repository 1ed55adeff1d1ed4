package guide

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// notHere are the texts that do not come from this package.
var notHere = []string{
	"fatal error: rados/librados.h: No such file or directory",
	"undefined: this_package_needs_cgo__install_gcc_and_set_CGO_ENABLED_1", // see internal/test/modules
	"cgo: C compiler \"gcc\" not found",
	"error while loading shared libraries: librados.so.2",
	"keyring \"…\": permission denied", // does not happen to root
}

// errorTexts returns the texts of errors, each by what docs/GUIDE.md writes for it.
func errorTexts(t *testing.T) map[string]string {
	monitors, err := radostest.Conn(t).GetConfigOption("mon_host")
	require.NoError(t, err)
	const key = "AQAnbLRlAAAAABAAZOpg6BByZT1o+bT6aVSDaw=="
	keyring := filepath.Join(t.TempDir(), "keyring")
	require.NoError(t, os.WriteFile(keyring, []byte("[client.other]\n\tkey = "+key+"\n"), 0o600))
	texts := map[string]string{
		"the loaded librados lacks rados_…, which needs Ceph …":        (&rados.MissingFunctionError{Function: "rados_new", Since: "18.2"}).Error(),
		"librados would end the process over a byte that is not ASCII": (&rados.UnsafeFileError{}).Error(),
		"context deadline exceeded":                                    context.DeadlineExceeded.Error(),
		"it is not known whether this was done":                        rados.ErrOutcomeUnknown.Error(),
		"RADOS not connected":                                          rados.ErrNotConnected.Error(),
		"IOContext is not ready for use":                               rados.ErrInvalidIOContext.Error(),
		"rados: operation has been performed already":                  rados.ErrOperationUsed.Error(),
	}
	for text, config := range map[string]rados.Config{
		"mon_host is not set, and no configuration file exists at …":                              {Cluster: "none"},
		"no keyring exists at …":                                                                  {Cluster: "none"},
		"keyring \"…\" has no key of client.…":                                                    {MonHost: monitors, User: "app", Keyring: keyring},
		"the name of the user has \"client.\" twice":                                              {MonHost: monitors, User: "client.client.admin", Key: key},
		"the key is malformed":                                                                    {MonHost: monitors, Key: key[:20]},
		"the monitors do not know the user with this key, or it has no capabilities for monitors": {MonHost: monitors, User: "none", Key: key},
		"mon_host \"…\" has an address that can't be resolved":                                    {MonHost: "monitor.invalid", Key: key},
		"no answer from the monitors \"…\"":                                                       {MonHost: "192.0.2.1", Key: key},
		"no option is called \"…\"":                                                               {Options: map[string]string{"rados_osd_op_timout": "1"}},
		"option \"…\" can't be \"…\"":                                                             {Options: map[string]string{"rados_osd_op_timeout": "soon"}},
	} {
		config.NoConfigFile = config.Cluster == ""
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if strings.HasPrefix(text, "no answer") {
			ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
		}
		_, err := rados.Open(ctx, config)
		cancel()
		require.Error(t, err, text)
		texts[text] = err.Error()
	}
	texts["mon_host is not set; the configuration file \"…\" has not been read, or does not set it"] = notRead(t)
	return texts
}

// notRead returns the text of the error of a connection whose configuration file was not read.
func notRead(t *testing.T) string {
	t.Setenv("CEPH_CONF", radostest.Shared(t).Conf())
	conn, err := rados.NewConn()
	require.NoError(t, err)
	defer conn.Shutdown()
	err = conn.ConnectContext(t.Context())
	require.Error(t, err)
	return err.Error()
}

// TestTroubleshooting compares the texts in the tables of docs/GUIDE.md with those of errors.
func TestTroubleshooting(t *testing.T) {
	for _, name := range []string{"CEPH_ARGS", "CEPH_CONF", "CEPH_KEYRING"} {
		t.Setenv(name, "") // restores it
		require.NoError(t, os.Unsetenv(name))
	}
	guide, err := os.ReadFile("../../docs/GUIDE.md")
	require.NoError(t, err)
	_, tables, found := strings.Cut(string(guide), "\n## Troubleshooting\n")
	require.True(t, found)
	texts := errorTexts(t)
	errno := regexp.MustCompile(`^rados: ret=-(\d+), (.*)$`)
	checked := 0
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|").FindAllStringSubmatch(tables, -1) {
		for _, quoted := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			text := quoted[1]
			if m := errno.FindStringSubmatch(text); m != nil {
				number, err := strconv.Atoi(m[1])
				require.NoError(t, err)
				assert.True(t, strings.EqualFold(syscall.Errno(number).Error(), m[2]), "%s: %v", text, syscall.Errno(number))
				checked++
				continue
			}
			if slices.Contains(notHere, text) {
				continue
			}
			pattern := strings.ReplaceAll(regexp.QuoteMeta(text), "…", ".*")
			assert.Regexp(t, pattern, texts[text], fmt.Sprintf("the error of %q", text))
			checked++
			delete(texts, text)
		}
	}
	assert.Greater(t, checked, 20)
	assert.Empty(t, texts, "these errors are not in the guide")
}
