package conffile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// config is a configuration.
type config map[string]string

func (c config) GetConfigOption(name string) (string, error) {
	value, ok := c[name]
	if !ok {
		return "", errors.New("no such option")
	}
	return value, nil
}

func TestGuard(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	good := file("good", "[client.me]\n\tkey = k\n")
	bad := file("bad", "[client.me]\n\tkey = k\n\xa0\n")
	goodConf := file("good.conf", "[global]\nkeyring = "+good+"\n")
	badConf := file("bad.conf", "[global]\nkeyring = "+bad+"\n")
	authConf := file("auth.conf", "[global]\nauth_client_required = cephx\n")

	const cephx = "auth_client_required"
	for name, test := range map[string]struct {
		config config
		env    map[string]string
		check  func(Guard) (string, int)
		unsafe string
	}{
		"file":                  {check: func(g Guard) (string, int) { return g.File(goodConf) }},
		"unsafe file":           {check: func(g Guard) (string, int) { return g.File(bad) }, unsafe: bad},
		"its keyring":           {check: func(g Guard) (string, int) { return g.File(badConf) }, unsafe: bad},
		"list":                  {check: func(g Guard) (string, int) { return g.File("/none," + badConf) }, unsafe: bad},
		"a NUL byte":            {check: func(g Guard) (string, int) { return g.File(bad + "\x00") }},
		"keyring of the option": {config{"keyring": bad}, nil, func(g Guard) (string, int) { return g.File(authConf) }, bad},
		"CEPH_KEYRING":          {nil, map[string]string{"CEPH_KEYRING": bad}, func(g Guard) (string, int) { return g.File(goodConf) }, bad},
		"CEPH_ARGS precedes": {config{"keyring": good}, map[string]string{"CEPH_ARGS": "--keyring " + good},
			func(g Guard) (string, int) { return g.File(badConf) }, ""},
		"metavariable": {nil, map[string]string{"HOME": dir}, func(g Guard) (string, int) { return g.File("$home/bad") }, bad},
		"user": {config{"mon_debug_dump_location": "/var/log/ceph/ceph-client.me.tdump", "mgr_data": "/var/lib/ceph/mgr/ceph-me"}, nil,
			func(g Guard) (string, int) { return g.File(dir + "/bad") }, bad},

		"argument":         {check: func(g Guard) (string, int) { return g.Arguments([]string{"--keyring=" + bad}) }, unsafe: bad},
		"other argument":   {config{"keyring": bad}, nil, func(g Guard) (string, int) { return g.Arguments([]string{"--debug-ms=1"}) }, ""},
		"auth argument":    {config{"keyring": bad}, nil, func(g Guard) (string, int) { return g.Arguments([]string{"--auth-client-required=cephx"}) }, bad},
		"fatal arguments":  {check: func(g Guard) (string, int) { return g.Arguments([]string{"--keyring=" + bad, "--keyring"}) }},
		"environment":      {nil, map[string]string{"CEPH_ARGS": "-k " + bad}, Guard.Environment, bad},
		"empty":            {check: Guard.Environment},
		"only the keyring": {nil, map[string]string{"CEPH_KEYRING": bad}, Guard.Environment, bad},

		"keyring":               {config{cephx: "cephx"}, nil, func(g Guard) (string, int) { return g.Option("keyring", bad) }, bad},
		"keyring without cephx": {config{cephx: "none"}, nil, func(g Guard) (string, int) { return g.Option("keyring", bad) }, ""},
		"auth":                  {config{"keyring": bad}, nil, func(g Guard) (string, int) { return g.Option("auth-client-required", "cephx") }, bad},
		"mode":                  {config{"keyring": bad, cephx: "cephx"}, nil, func(g Guard) (string, int) { return g.Option("ms_client_mode", "crc") }, bad},
		"other option":          {config{"keyring": bad, cephx: "cephx"}, nil, func(g Guard) (string, int) { return g.Option("debug_ms", "1") }, ""},

		"connect":               {config{"keyring": bad, cephx: "cephx"}, nil, Guard.Connect, bad},
		"connect without cephx": {config{"keyring": bad, "auth_supported": "none", cephx: "cephx"}, nil, Guard.Connect, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{"CEPH_ARGS", "CEPH_KEYRING"} {
				t.Setenv(variable, test.env[variable])
			}
			if home := test.env["HOME"]; home != "" {
				t.Setenv("HOME", home)
			}
			path, line := test.check(Guard{test.config})
			if test.unsafe == "" {
				assert.Zero(t, line)
				return
			}
			assert.Equal(t, test.unsafe, path)
			assert.Equal(t, 3, line)
		})
	}
}
