package cmdline

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFatal(t *testing.T) {
	for args, want := range map[string]bool{
		"":                         false,
		"-":                        false,
		"-m":                       true,
		"-m a":                     false,
		"-ma":                      false,
		"-m=":                      false,
		"-k":                       true,
		"-K":                       true,
		"-M":                       true,
		"-r":                       true,
		"-c":                       false,
		"-f":                       false,
		"--mon-host":               true,
		"--mon_host":               true,
		"--mon-host a":             false,
		"--mon-host=":              false,
		"--mon-host=a":             false,
		"--mon-hosts":              false,
		"-mon-host":                false,
		"__mon_host":               false,
		"--keyring":                true,
		"--keyfile":                true,
		"--monmap":                 true,
		"--client-mountpoint":      true,
		"--show-config-value":      true,
		"--show-config_value fsid": false,
		"--show-config":            false,
		"--show-conf":              true,
		"--show_conf x":            true,
		"--show-conf=x":            false,
		"--log-to-stderr":          false,
		"--log-file":               false, // librados returns EINVAL
		"x -m":                     true,
		"-m a --keyring":           true,
		"-k --show-conf":           true, // was -k itself a value?
		"-- -m":                    false,
		"-- --show-conf":           false,
		"--log-file -- -m":         false, // Effective has dropped it
		"--mon-host --":            false,
		"--bind":                   true,
		"--bind=":                  true,
		"--bind --":                true,
		"--bind localhost:80":      true,
		"--bind :80":               true,
		"--bind 192.168.001.1":     true,
		"--bind [::1.2.3.4]:1":     true,
		"--bind 10.0.0.1":          false,
		"--bind=10.0.0.1:80":       false,
		"--bind ::1":               false,
		"--bind [::1]:80":          false,
		"-- --bind x":              false,
	} {
		assert.Equal(t, want, Fatal(strings.Fields(args)), args)
	}
}

func TestFatalIn(t *testing.T) {
	const variable = "CMDLINE_TEST"
	assert.False(t, FatalIn(variable), "it is not set")
	for value, want := range map[string]bool{
		"":                 false,
		"-m":               true,
		"  -m  ":           true,
		"-m a":             false,
		"-m '":             false,
		"x\t-m":            false, // one argument
		"-m\n":             false, // another option
		"--show-conf":      true,
		"--bind=x -m a":    true,
		"--log-file -- -m": true, // "--" is the file
		"-m --":            true,
		"-m -- --":         true,
		"-m a --":          false,
		"--bind -- ::1":    true,
	} {
		t.Setenv(variable, value)
		assert.Equal(t, want, FatalIn(variable), "%q", value)
	}
}

func TestEffective(t *testing.T) {
	for argv, want := range map[string]string{
		"":                  "",
		"prog":              "prog",
		"prog -m a":         "prog -m a",
		"prog --":           "prog --",
		"prog -m a -- -m":   "prog -m a --",
		"prog -- a -- b":    "prog --",
		"-- -m a":           "-- -m a", // a program of that name
		"-- --log-file -- ": "-- --log-file --",
	} {
		assert.Equal(t, want, strings.Join(Effective(strings.Fields(argv)), " "), argv)
	}
}
