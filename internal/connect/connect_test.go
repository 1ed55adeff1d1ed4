package connect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/ctxerr"
)

// errUnsafe stands for rados.ErrUnsafeFile.
var errUnsafe = errors.New("unsafe file")

// aKey is a key that librados can decode, cutKey one that it can't.
const (
	aKey   = "AQAnbLRlAAAAABAAZOpg6BByZT1o+bT6aVSDaw=="
	cutKey = "AQAnbLRlAAAAABAAZOpg"
)

// conn is a Conn that records its calls.
type conn struct {
	cluster, user string
	calls         []string
	options       map[string]string
	fail          map[string]error // by the start of a recorded call
	hold          chan struct{}    // connect blocks until it is closed, unless it is nil
	connecting    chan struct{}    // is closed when it does
}

func (c *conn) call(format string, args ...any) error {
	call := fmt.Sprintf(format, args...)
	c.calls = append(c.calls, call)
	for prefix, err := range c.fail {
		if strings.HasPrefix(call, prefix) {
			return err
		}
	}
	return nil
}

func (c *conn) ReadConfigFile(path string) error     { return c.call("read %s", path) }
func (c *conn) ReadDefaultConfigFile() error         { return c.call("search") }
func (c *conn) ParseCmdLineArgs(args []string) error { return c.call("parse %q", args) }
func (c *conn) SetMaxBlockingCalls(calls int) error  { return c.call("blocking %d", calls) }
func (c *conn) SetLogger(*slog.Logger) error         { return c.call("log") }
func (c *conn) SetMaxInFlight(calls int, bytes int64) error {
	return c.call("in flight %d %d", calls, bytes)
}

func (c *conn) SetConfigOption(option, value string) error {
	c.options[option] = value
	return c.call("set %s=%s", option, value)
}

func (c *conn) GetConfigOption(option string) (string, error) {
	value, ok := c.options[option]
	if !ok {
		return "", syscall.ENOENT
	}
	return value, nil
}

func (c *conn) connect(ctx context.Context) error {
	if c.hold != nil {
		close(c.connecting)
		select {
		case <-c.hold:
			return nil
		case <-ctx.Done():
			return ctxerr.Of(ctx)
		}
	}
	return c.call("connect")
}

func (c *conn) Shutdown() { c.call("shutdown") }

// newConn returns a conn with the options that librados has by default.
func newConn() *conn {
	return &conn{
		options: map[string]string{"mon_host": "", "auth_client_required": "cephx, none", "keyring": "/none/a,/none/b", "key": "", "keyfile": ""},
		fail:    make(map[string]error),
	}
}

// open opens c.
func open(ctx context.Context, c *conn, config Config) *Error {
	opener := Opener[*conn]{
		New: func(cluster, user string) (*conn, error) {
			c.cluster, c.user = cluster, user
			return c, c.fail["new"]
		},
		Connect:    (*conn).connect,
		Errno:      func(errno syscall.Errno) error { return errno },
		UnsafeFile: errUnsafe,
	}
	got, err := opener.Open(ctx, config)
	if err != nil && got != nil {
		panic("a connection and an error")
	}
	return err
}

// cleanEnvironment removes the variables that Open reads.
func cleanEnvironment(t *testing.T) {
	for _, name := range []string{"CEPH_ARGS", "CEPH_CONF", "CEPH_KEYRING"} {
		t.Setenv(name, "") // restores it
		require.NoError(t, os.Unsetenv(name))
	}
}

func TestOpenCalls(t *testing.T) {
	limits := []string{"in flight 0 0", "blocking 0", "connect"}
	for name, test := range map[string]struct {
		config Config
		args   string
		want   []string
	}{
		"zero":     {Config{}, "", append([]string{"search"}, limits...)},
		"file":     {Config{ConfigFile: "/f"}, "", append([]string{"read /f"}, limits...)},
		"no file":  {Config{NoConfigFile: true}, "", limits},
		"limits":   {Config{NoConfigFile: true, MaxInFlight: 1, MaxInFlightBytes: 2, MaxBlockingCalls: 3}, "", []string{"in flight 1 2", "blocking 3", "connect"}},
		"key":      {Config{NoConfigFile: true, Key: aKey + "\n"}, "", append([]string{"set key=" + aKey}, limits...)},
		"keyring":  {Config{NoConfigFile: true, Keyring: "/k"}, "", append([]string{"set keyring=/k"}, limits...)},
		"monitors": {Config{NoConfigFile: true, MonHost: "m"}, "", append([]string{"set mon_host=m"}, limits...)},
		"options in order, then fields": {Config{NoConfigFile: true, MonHost: "m", Options: map[string]string{"b": "2", "a": "1", "mon_host": "n"}}, "",
			append([]string{"set a=1", "set b=2", "set mon_host=n", "set mon_host=m"}, limits...)},
		"keyring precedes other keys": {Config{NoConfigFile: true, Keyring: "/k", Options: map[string]string{"key": aKey, "keyfile": "/f"}}, "",
			append([]string{"set key=" + aKey, "set keyfile=/f", "set key=", "set keyfile=", "set keyring=/k"}, limits...)},
		"arguments":              {Config{}, "--mon-host  m --id x", append([]string{"search", `parse ["--mon-host" "m" "--id" "x"]`}, limits...)},
		"arguments to their end": {Config{NoConfigFile: true}, "-m m -- -m n", append([]string{`parse ["-m" "m" "--"]`}, limits...)},
		"file of the arguments":  {Config{}, "--conf=/f", append([]string{"read /f", `parse ["--conf=/f"]`}, limits...)},
		"file of the config":     {Config{ConfigFile: "/g"}, "-c /f", append([]string{"read /g", `parse ["-c" "/f"]`}, limits...)},
		"no file at all":         {Config{NoConfigFile: true}, "-c /f", append([]string{`parse ["-c" "/f"]`}, limits...)},
	} {
		t.Run(name, func(t *testing.T) {
			cleanEnvironment(t)
			t.Setenv("CEPH_ARGS", test.args)
			c := newConn()
			require.Nil(t, open(t.Context(), c, test.config))
			assert.Equal(t, test.want, c.calls)
		})
	}
}

func TestNames(t *testing.T) {
	for name, test := range map[string]struct {
		config        Config
		args          string
		cluster, user string
	}{
		"defaults":          {Config{}, "", "ceph", "client.admin"},
		"bare user":         {Config{User: "app"}, "", "ceph", "client.app"},
		"user with type":    {Config{User: "client.app"}, "", "ceph", "client.app"},
		"user with dots":    {Config{User: "rgw.a"}, "", "ceph", "client.rgw.a"},
		"--id":              {Config{}, "--id app", "ceph", "client.app"},
		"--user":            {Config{}, "--user=app", "ceph", "client.app"},
		"--name":            {Config{}, "--name mon. --id app", "ceph", "mon."},
		"-n":                {Config{}, "-n client.app", "ceph", "client.app"},
		"the last":          {Config{}, "--id a --id b", "ceph", "client.b"},
		"User precedes":     {Config{User: "me"}, "--name client.app --id x", "ceph", "client.me"},
		"cluster":           {Config{Cluster: "c"}, "--cluster d", "c", "client.admin"},
		"--cluster":         {Config{ConfigFile: "/f"}, "--cluster d", "d", "client.admin"},
		"left to librados":  {Config{ConfigFile: "/f.conf"}, "", "", "client.admin"},
		"beyond the end":    {Config{}, "-- --id app", "ceph", "client.admin"},
		"without its value": {Config{}, "--id", "ceph", "client.admin"},
	} {
		t.Run(name, func(t *testing.T) {
			cleanEnvironment(t)
			t.Setenv("CEPH_ARGS", test.args)
			c := newConn()
			require.Nil(t, open(t.Context(), c, test.config))
			assert.Equal(t, test.cluster, c.cluster)
			assert.Equal(t, test.user, c.user)
		})
	}
}

// TestOpenErrors expects an error to name the part of the configuration that is at fault, and the
// connection to be shut down.
func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	loop := filepath.Join(dir, "loop")
	require.NoError(t, os.Symlink(loop, loop))
	good := file("good", "[client.admin]\n\tkey = "+aKey+"\n")
	cut := file("cut", "[client.admin]\n\tkey = "+cutKey+"\n")
	keyfile, cutKeyfile := file("keyfile", aKey+"\n"), file("cutkeyfile", cutKey)
	type options = map[string]string
	const none = "/none/a,/none/b" // the default keyrings here

	for name, test := range map[string]struct {
		config  Config
		env     map[string]string
		options options
		fail    map[string]error
		want    Error // Err: the default is the only one in fail
	}{
		"contradicting files": {config: Config{ConfigFile: "/f", NoConfigFile: true},
			want: Error{Reason: "both ConfigFile and NoConfigFile are set", Err: syscall.EINVAL}},
		"contradicting keys": {config: Config{Key: aKey, Keyring: "/k"},
			want: Error{Reason: "both Key and Keyring are set", Err: syscall.EINVAL}},
		"user": {config: Config{User: "a\x00"}, fail: map[string]error{"new": syscall.EINVAL},
			want: Error{User: "client.a\x00", Reason: `user "client.a\x00" of cluster "ceph"`}},
		"old library": {fail: map[string]error{"new": errors.ErrUnsupported}},
		"file":        {config: Config{ConfigFile: "/none"}, fail: map[string]error{"read": syscall.ENOENT}, want: Error{Reason: `configuration file "/none"`, File: "/none"}},
		"malformed file": {config: Config{ConfigFile: good}, fail: map[string]error{"read": syscall.EINVAL},
			want: Error{Reason: `configuration file "` + good + `"`, File: good}},
		"unreadable file": {config: Config{ConfigFile: "/none," + loop}, fail: map[string]error{"read": syscall.ENOENT},
			want: Error{Reason: `configuration file "` + loop + `"`, File: loop, Err: syscall.ELOOP}},
		"directory as file": {config: Config{ConfigFile: dir}, fail: map[string]error{"read": syscall.ENOENT},
			want: Error{Reason: `configuration file "` + dir + `"`, File: dir, Err: syscall.EISDIR}},
		"CEPH_CONF": {env: map[string]string{"CEPH_CONF": "/none"}, fail: map[string]error{"search": syscall.ENOENT},
			want: Error{Reason: `configuration file "/none"`, File: "/none"}},
		"malformed default file": {fail: map[string]error{"search": syscall.EINVAL}, env: map[string]string{"CEPH_CONF": good},
			want: Error{Reason: `configuration file "` + good + `"`, File: good}},
		"CEPH_ARGS over which librados exits": {env: map[string]string{"CEPH_ARGS": "--key " + aKey + " -m"}, fail: map[string]error{"new": syscall.EINVAL},
			want: Error{Reason: "environment variable CEPH_ARGS", Option: "CEPH_ARGS"}},
		"CEPH_ARGS": {env: map[string]string{"CEPH_ARGS": "--debug-ms x"}, fail: map[string]error{"parse": syscall.EINVAL},
			want: Error{Reason: "environment variable CEPH_ARGS", Option: "CEPH_ARGS"}},
		"option": {config: Config{Options: options{"nope": "1"}}, fail: map[string]error{"set": syscall.ENOENT},
			want: Error{Reason: `no option is called "nope"`, Option: "nope", Value: "1"}},
		"value": {config: Config{Options: options{"a": "x"}}, fail: map[string]error{"set": syscall.EINVAL},
			want: Error{Reason: `option "a" can't be "x"`, Option: "a", Value: "x"}},
		"secret value": {config: Config{Options: options{"rgw_ldap_secret": "x"}}, fail: map[string]error{"set": syscall.EINVAL},
			want: Error{Reason: `option "rgw_ldap_secret" can't be "<secret>"`, Option: "rgw_ldap_secret", Value: Secret}},
		"refused key": {config: Config{Key: aKey + "\x00"}, fail: map[string]error{"set key": syscall.EINVAL},
			want: Error{Reason: `option "key" can't be "<secret>"`, Option: "key", Value: Secret}},
		"refused monitors": {config: Config{MonHost: "m"}, fail: map[string]error{"set mon_host": syscall.EPERM},
			want: Error{Reason: `option "mon_host" can't be "m"`, Option: "mon_host", Value: "m"}},
		"limit":          {config: Config{MaxInFlight: -1}, fail: map[string]error{"in flight": syscall.EINVAL}, want: Error{Reason: "MaxInFlight is -1 and MaxInFlightBytes 0"}},
		"blocking limit": {config: Config{MaxBlockingCalls: -1}, fail: map[string]error{"blocking": syscall.EINVAL}, want: Error{Reason: "MaxBlockingCalls is -1"}},
		"malformed key":  {config: Config{Key: cutKey}, want: Error{Reason: "the key is malformed", Option: "key", Err: syscall.EINVAL}},

		"nothing is configured": {options: options{"keyring": good}, fail: map[string]error{"connect": syscall.ENOENT},
			want: Error{Reason: "mon_host is not set"}},
		"nor a file": {options: options{"keyring": good}, env: map[string]string{"HOME": "/h"}, fail: map[string]error{"connect": syscall.ENOENT, "search": syscall.ENOENT},
			want: Error{Reason: `mon_host is not set, and no configuration file exists at "/etc/ceph/$cluster.conf", "/h/.ceph/$cluster.conf", "$cluster.conf"`, Err: syscall.ENOENT}},
		"neither monitors nor a key": {fail: map[string]error{"connect": syscall.ENOENT},
			want: Error{Reason: `mon_host is not set; no keyring exists at "/none/a", "/none/b"`, File: none}},
		"no keyring": {config: Config{MonHost: "m"}, fail: map[string]error{"connect": syscall.ENOENT},
			want: Error{Reason: `no keyring exists at "/none/a", "/none/b"`, File: none}},
		"monmap, no keyring": {options: options{"monmap": "/m"}, fail: map[string]error{"connect": syscall.ENOENT},
			want: Error{Reason: `no keyring exists at "/none/a", "/none/b"`, File: none}},
		"no keyring, none allowed": {config: Config{MonHost: "m"}, fail: map[string]error{"connect": syscall.EACCES},
			want: Error{Reason: `no keyring exists at "/none/a", "/none/b"`, File: none}},
		"unreadable keyring": {options: options{"keyring": "/none," + loop}, fail: map[string]error{"connect": syscall.EACCES},
			want: Error{Reason: `keyring "` + loop + `": too many levels of symbolic links`, File: loop}},
		"the second keyring": {options: options{"keyring": "/none," + good}, fail: map[string]error{"connect": syscall.EACCES},
			want: Error{Reason: `the monitors do not know the user with the key in "` + good + `", or it has no capabilities for monitors`, File: good}},
		"another user's keyring": {config: Config{User: "app", Keyring: good}, fail: map[string]error{"connect": syscall.EACCES},
			want: Error{User: "client.app", Reason: `keyring "` + good + `" has no key of client.app`, File: good}},
		"malformed key in a keyring": {config: Config{Keyring: cut}, fail: map[string]error{"connect": syscall.EIO},
			want: Error{Reason: `the key of client.admin in keyring "` + cut + `" is malformed`, File: cut}},
		"a key as keyring": {config: Config{Keyring: aKey}, fail: map[string]error{"connect": syscall.EACCES},
			want: Error{Reason: `no keyring exists at "<secret>"`, File: Secret}},
		"no key file": {options: options{"keyfile": "/none"}, fail: map[string]error{"connect": syscall.EACCES},
			want: Error{Reason: `key file "/none": no such file or directory`, File: "/none"}},
		"malformed key file": {options: options{"keyfile": cutKeyfile}, fail: map[string]error{"connect": syscall.EINVAL},
			want: Error{Reason: `the key in the file "` + cutKeyfile + `" is malformed`, File: cutKeyfile}},
		"refused": {config: Config{MonHost: "m", Key: aKey}, fail: map[string]error{"connect": syscall.EACCES},
			want: Error{Reason: "the monitors do not know the user with this key, or it has no capabilities for monitors", Monitors: "m"}},
		"refused with a key file": {options: options{"keyfile": keyfile}, fail: map[string]error{"connect": syscall.EACCES},
			want: Error{Reason: `the monitors do not know the user with the key in "` + keyfile + `", or it has no capabilities for monitors`, File: keyfile}},
		"no key needed": {options: options{"auth_client_required": "none"}, fail: map[string]error{"connect": syscall.EACCES},
			want: Error{Reason: "the monitors do not know the user with this key, or it has no capabilities for monitors"}},
		"unknown host": {config: Config{MonHost: "m", Key: aKey}, fail: map[string]error{"connect": syscall.EINVAL},
			want: Error{Reason: `mon_host "m" has an address that can't be resolved`, Monitors: "m"}},
		"silent monitors": {config: Config{MonHost: "m"}, fail: map[string]error{"connect": syscall.ETIMEDOUT},
			want: Error{Reason: `no answer from the monitors "m"`, Monitors: "m"}},
		"unsafe file":       {fail: map[string]error{"connect": errUnsafe}},
		"descriptors":       {fail: map[string]error{"connect": syscall.EMFILE}},
		"any other failure": {config: Config{Key: aKey}, fail: map[string]error{"connect": syscall.ENOMEM}},
	} {
		t.Run(name, func(t *testing.T) {
			cleanEnvironment(t)
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			c := newConn()
			maps.Copy(c.options, test.options)
			c.fail = test.fail
			if test.want.User == "" {
				test.want.User = "client.admin"
			}
			for _, err := range test.fail {
				if test.want.Err == nil {
					test.want.Err = err
				}
			}
			err := open(t.Context(), c, test.config)
			require.NotNil(t, err)
			assert.Equal(t, test.want, *err)
			assert.NotContains(t, err.Error(), aKey)
			assert.NotContains(t, err.Error(), cutKey)
			if len(c.calls) > 0 {
				assert.Equal(t, "shutdown", c.calls[len(c.calls)-1])
			}
		})
	}
}

// TestExplain explains the error of a connection that was not configured by Open.
func TestExplain(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ceph.conf")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	keyring := filepath.Join(dir, "keyring")
	require.NoError(t, os.WriteFile(keyring, []byte("[client.admin]\n\tkey = "+aKey+"\n"), 0o600))
	type options = map[string]string
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx     context.Context
		conf    string
		user    string
		options options
		err     error
		want    Error
	}{
		"a file that was not read": {conf: file, options: options{"key": aKey}, err: syscall.ENOENT,
			want: Error{Reason: `mon_host is not set; the configuration file "` + file + `" has not been read, or does not set it`}},
		"no file": {conf: "/none/$cluster.conf,/none/$name", options: options{"key": aKey}, err: syscall.ENOENT,
			want: Error{Reason: `mon_host is not set, and no configuration file exists at "/none/ceph.conf", "/none/client.app"`}},
		"malformed key": {options: options{"mon_host": "m", "key": cutKey}, err: syscall.EINVAL,
			want: Error{Reason: "the key is malformed", Option: "key"}},
		"no answer": {ctx: ended, options: options{"mon_host": "m"}, err: context.Canceled,
			want: Error{Reason: `no answer from the monitors "m"`, Monitors: "m"}},
		"another user's keyring": {options: options{"mon_host": "m", "keyring": keyring}, err: syscall.EACCES,
			want: Error{Reason: `keyring "` + keyring + `" has no key of client.app`, File: keyring}},
		"a type too much": {user: "client.admin", options: options{"mon_host": "m", "key": aKey}, err: syscall.EACCES,
			want: Error{User: "client.client.admin", Reason: `the name of the user has "client." twice`}},
	} {
		t.Run(name, func(t *testing.T) {
			cleanEnvironment(t)
			t.Setenv("CEPH_CONF", test.conf)
			c := newConn()
			id := "app"
			if test.user != "" {
				id = test.user
			}
			maps.Copy(c.options, options{"mon_debug_dump_location": "/var/log/ceph/ceph-client." + id + ".tdump", "mgr_data": "/var/lib/ceph/mgr/ceph-" + id})
			maps.Copy(c.options, test.options)
			if test.ctx == nil {
				test.ctx = t.Context()
			}
			if test.want.User == "" {
				test.want.User = "client.app"
			}
			test.want.Err = test.err
			opener := Opener[*conn]{Errno: func(errno syscall.Errno) error { return errno }, UnsafeFile: errUnsafe}
			assert.Equal(t, &test.want, opener.Explain(test.ctx, c, test.err))
		})
	}
}

// TestMalformedKeyIsNotUsed expects a malformed key to be ignored where librados ignores it.
func TestMalformedKeyIsNotUsed(t *testing.T) {
	cleanEnvironment(t)
	c := newConn()
	c.options["auth_client_required"] = "none"
	assert.Nil(t, open(t.Context(), c, Config{Key: cutKey}))
}

// TestOpenContext ends the context while librados connects.
func TestOpenContext(t *testing.T) {
	cleanEnvironment(t)
	ctx, cancel := context.WithCancel(t.Context())
	c := newConn()
	c.hold, c.connecting = make(chan struct{}), make(chan struct{})
	defer close(c.hold)
	go func() {
		<-c.connecting
		cancel()
	}()
	err := open(ctx, c, Config{MonHost: "m"})
	assert.Equal(t, &Error{User: "client.admin", Reason: `no answer from the monitors "m"`, Monitors: "m", Err: context.Canceled}, err)
	assert.Equal(t, "shutdown", c.calls[len(c.calls)-1])
}

func TestOpenContextDoneBefore(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("cause")
	cancel(cause)
	c := newConn()
	err := open(ctx, c, Config{})
	require.NotNil(t, err)
	assert.ErrorIs(t, err.Err, context.Canceled)
	assert.ErrorIs(t, err.Err, cause)
	assert.Empty(t, c.user, "a connection was made")
}

func TestErrorText(t *testing.T) {
	assert.Equal(t, "rados: open as client.app: mon_host is not set: none", (&Error{User: "client.app", Reason: "mon_host is not set", Err: errors.New("none")}).Error())
	assert.Equal(t, `rados: open as client.a\x00: none`, (&Error{User: "client.a\x00", Err: errors.New("none")}).Error())
	assert.Equal(t, "rados: open", (&Error{}).Error())
}

// TestLogger: librados gets the logger after its file, which may set the options of the log, and before it
// connects.
func TestLogger(t *testing.T) {
	c := newConn()
	require.Nil(t, open(t.Context(), c, Config{NoConfigFile: true, MonHost: "127.0.0.1", Logger: slog.Default()}))
	assert.Equal(t, []string{"log", "connect"}, c.calls[len(c.calls)-2:])
	c.fail["log"] = syscall.EMFILE
	err := open(t.Context(), c, Config{NoConfigFile: true, MonHost: "127.0.0.1", Logger: slog.Default()})
	require.NotNil(t, err)
	assert.ErrorIs(t, err.Err, syscall.EMFILE)
	assert.Equal(t, "rados: open as client.admin: librados can't write to Logger: too many open files", err.Error())
}
