package rados_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// client has all that a user needs to open a connection.
type client struct {
	user, conf, keyring, key, monHost string
	fsid                              string
}

// newClient returns a new user of the shared cluster.
func newClient(t *testing.T, caps ...string) client {
	t.Helper()
	cluster := radostest.Shared(t)
	c := client{user: unique("user")}
	c.conf = cluster.User(t, c.user, caps...)
	c.keyring, c.key = filepath.Join(filepath.Dir(c.conf), "keyring"), keyOf(t, c.conf)
	admin := cluster.Conn(t)
	var err error
	c.monHost, err = admin.GetConfigOption("mon_host")
	require.NoError(t, err)
	c.fsid, err = admin.GetFSID()
	require.NoError(t, err)
	return c
}

// file writes a file of a test and returns its path.
func file(t *testing.T, text string) string {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "file")
	require.NoError(t, err)
	_, err = f.WriteString(text)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return f.Name()
}

// openError returns the error of Open.
func openError(config rados.Config) error {
	conn, err := rados.Open(context.Background(), config)
	conn.Shutdown()
	return err
}

func TestOpen(t *testing.T) {
	c := newClient(t, "mon", "allow r")
	type options = map[string]string
	for name, config := range map[string]rados.Config{
		"file":                  {User: c.user, ConfigFile: c.conf},
		"several files":         {User: c.user, ConfigFile: "/none," + c.conf},
		"user with its type":    {User: "client." + c.user, ConfigFile: c.conf},
		"cluster":               {User: c.user, Cluster: "other", ConfigFile: c.conf},
		"file of CEPH_CONF":     {User: c.user},
		"monitors and key":      {User: c.user, NoConfigFile: true, MonHost: c.monHost, Key: c.key},
		"key with a newline":    {User: c.user, NoConfigFile: true, MonHost: c.monHost, Key: c.key + "\n"},
		"monitors and keyring":  {User: c.user, NoConfigFile: true, MonHost: c.monHost, Keyring: c.keyring},
		"several keyrings":      {User: c.user, NoConfigFile: true, MonHost: c.monHost, Keyring: "/none," + c.keyring},
		"options":               {User: c.user, NoConfigFile: true, Options: options{"mon_host": c.monHost, "key": c.key}},
		"key file":              {User: c.user, NoConfigFile: true, Options: options{"mon_host": c.monHost, "keyfile": file(t, c.key)}},
		"fields before options": {User: c.user, NoConfigFile: true, MonHost: c.monHost, Keyring: c.keyring, Options: options{"mon_host": "127.0.0.1:1", "key": aKey}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("CEPH_CONF", c.conf)
			conn, err := rados.Open(t.Context(), config)
			require.NoError(t, err)
			defer conn.Shutdown()
			fsid, err := conn.GetFSID()
			require.NoError(t, err)
			assert.Equal(t, c.fsid, fsid)
		})
	}
}

// TestOpenErrors expects an error to name the part of the Config that is at fault, and to have its
// errno.
func TestOpenErrors(t *testing.T) {
	c := newClient(t, "mon", "allow r")
	noCaps := newClient(t)
	entity := "client." + c.user
	good := rados.Config{User: c.user, NoConfigFile: true, MonHost: c.monHost, Keyring: c.keyring}
	with := func(change func(*rados.Config)) rados.Config {
		config := good
		change(&config)
		return config
	}
	option := func(name, value string) rados.Config {
		return with(func(c *rados.Config) { c.Options = map[string]string{name: value} })
	}
	loop := filepath.Join(t.TempDir(), "loop")
	require.NoError(t, os.Symlink(loop, loop))
	rubbish := file(t, "[global\nx")
	cut := file(t, "["+entity+"]\nkey = "+c.key[:20]+"\n")

	einval, eacces := syscall.EINVAL, syscall.EACCES
	for name, test := range map[string]struct {
		config rados.Config
		want   rados.OpenError
		errs   []error
	}{
		"no file": {rados.Config{User: c.user, ConfigFile: "/none"},
			rados.OpenError{Reason: `configuration file "/none"`, File: "/none"}, []error{rados.ErrNotFound}},
		"unreadable file": {rados.Config{User: c.user, ConfigFile: loop},
			rados.OpenError{Reason: fmt.Sprintf("configuration file %q", loop), File: loop}, []error{syscall.ELOOP}},
		"directory": {rados.Config{User: c.user, ConfigFile: "/"},
			rados.OpenError{Reason: `configuration file "/"`, File: "/"}, []error{syscall.EISDIR}},
		"malformed file": {rados.Config{User: c.user, ConfigFile: rubbish, Options: map[string]string{"mon_dns_srv_name": ""}},
			rados.OpenError{Reason: fmt.Sprintf("configuration file %q", rubbish), File: rubbish}, []error{einval}},
		"NUL in the file": {rados.Config{User: c.user, ConfigFile: "a\x00b"},
			rados.OpenError{Reason: `configuration file "a\x00b"`, File: "a\x00b"}, []error{rados.ErrNameContainsNUL}},

		"NUL in the user": {rados.Config{User: "a\x00b"},
			rados.OpenError{User: "client.a\x00b", Reason: `user "client.a\x00b" of cluster "ceph"`}, []error{rados.ErrNameContainsNUL}},
		"NUL in the cluster": {with(func(c *rados.Config) { c.Cluster = "a\x00b" }),
			rados.OpenError{Reason: fmt.Sprintf(`user %q of cluster "a\x00b"`, entity)}, []error{rados.ErrNameContainsNUL}},
		"unknown user": {with(func(config *rados.Config) { config.User, config.Keyring, config.Key = "nobody", "", c.key }),
			rados.OpenError{User: "client.nobody", Reason: "the monitors do not know the user with this key, or it has no capabilities for monitors", Monitors: c.monHost}, []error{eacces, fs.ErrPermission}},
		"no capabilities": {with(func(config *rados.Config) { config.User, config.Keyring = noCaps.user, noCaps.keyring }),
			rados.OpenError{User: "client." + noCaps.user, Reason: fmt.Sprintf("the monitors do not know the user with the key in %q, or it has no capabilities for monitors", noCaps.keyring), File: noCaps.keyring, Monitors: c.monHost}, []error{eacces}},

		"wrong key": {with(func(c *rados.Config) { c.Keyring, c.Key = "", aKey }),
			rados.OpenError{Reason: "the monitors do not know the user with this key, or it has no capabilities for monitors", Monitors: c.monHost}, []error{eacces}},
		"malformed key": {with(func(config *rados.Config) { config.Keyring, config.Key = "", c.key[:20] }),
			rados.OpenError{Reason: "the key is malformed", Option: "key"}, []error{einval}},
		"NUL in the key": {with(func(config *rados.Config) { config.Keyring, config.Key = "", c.key+"\x00" }),
			rados.OpenError{Reason: `option "key" can't be "<secret>"`, Option: "key", Value: "<secret>"}, []error{rados.ErrNameContainsNUL}},
		"key and keyring": {with(func(config *rados.Config) { config.Key = c.key }),
			rados.OpenError{Reason: "both Key and Keyring are set"}, []error{einval}},
		"no keyring": {with(func(c *rados.Config) {
			c.Keyring, c.Options = "/none", map[string]string{"auth_client_required": "cephx"}
		}), rados.OpenError{Reason: `no keyring exists at "/none"`, File: "/none"}, []error{rados.ErrNotFound}},
		"a key as keyring": {with(func(config *rados.Config) {
			config.Keyring, config.Options = c.key, map[string]string{"auth_client_required": "cephx"}
		}), rados.OpenError{Reason: `no keyring exists at "<secret>"`, File: "<secret>"}, []error{rados.ErrNotFound}},
		"another's keyring": {with(func(c *rados.Config) { c.Keyring = noCaps.keyring }),
			rados.OpenError{Reason: fmt.Sprintf("keyring %q has no key of %s", noCaps.keyring, entity), File: noCaps.keyring}, []error{eacces, rados.ErrNotFound}},
		"malformed keyring": {with(func(c *rados.Config) { c.Keyring = cut }),
			rados.OpenError{Reason: fmt.Sprintf("the key of %s in keyring %q is malformed", entity, cut), File: cut}, []error{syscall.EIO, eacces, rados.ErrNotFound}},
		"NUL in the keyring": {with(func(c *rados.Config) { c.Keyring = "a\x00b" }),
			rados.OpenError{Reason: `option "keyring" can't be "a\x00b"`, Option: "keyring", Value: "a\x00b"}, []error{rados.ErrNameContainsNUL}},

		"no monitor": {with(func(c *rados.Config) { c.MonHost = "" }),
			rados.OpenError{Reason: "mon_host is not set"}, []error{rados.ErrNotFound}},
		"unknown monitor": {with(func(c *rados.Config) { c.MonHost = "no-such-host.invalid" }),
			rados.OpenError{Reason: `mon_host "no-such-host.invalid" has an address that can't be resolved`, Monitors: "no-such-host.invalid"}, []error{einval}},
		"silent monitor": {with(func(c *rados.Config) {
			c.MonHost, c.Options = "127.0.0.1:1", map[string]string{"client_mount_timeout": "1"}
		}), rados.OpenError{Reason: `no answer from the monitors "127.0.0.1:1"`, Monitors: "127.0.0.1:1"}, []error{syscall.ETIMEDOUT}},

		"unknown option": {option("no_such_option", "1"),
			rados.OpenError{Reason: `no option is called "no_such_option"`, Option: "no_such_option", Value: "1"}, []error{rados.ErrNotFound}},
		"value": {option("rados_osd_op_timeout", "soon"),
			rados.OpenError{Reason: `option "rados_osd_op_timeout" can't be "soon"`, Option: "rados_osd_op_timeout", Value: "soon"}, []error{einval}},
		"secret value": {option("no_such_password", c.key),
			rados.OpenError{Reason: `no option is called "no_such_password"`, Option: "no_such_password", Value: "<secret>"}, []error{rados.ErrNotFound}},
		"NUL in an option": {option("a\x00b", "1"),
			rados.OpenError{Reason: `option "a\x00b" can't be "1"`, Option: "a\x00b", Value: "1"}, []error{rados.ErrNameContainsNUL}},
		"limit": {with(func(c *rados.Config) { c.MaxInFlight = -1 }),
			rados.OpenError{Reason: "MaxInFlight is -1 and MaxInFlightBytes 0"}, []error{einval}},
		"blocking limit": {with(func(c *rados.Config) { c.MaxBlockingCalls = -1 }),
			rados.OpenError{Reason: "MaxBlockingCalls is -1"}, []error{einval}},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "malformed file" && release(t) < 16 {
				t.Skip("Ceph 14.2 passes over what it can't parse")
			}
			if test.want.User == "" {
				test.want.User = entity
			}
			err := await.Result(t, func() error { return openError(test.config) })
			var got *rados.OpenError
			require.ErrorAs(t, err, &got)
			assert.True(t, errorsIsAny(err, test.errs...), "%v", err)
			test.want.Err = got.Err
			assert.Equal(t, test.want, *got)
			assert.NotContains(t, err.Error(), c.key)
			assert.NotContains(t, err.Error(), "\x00")
			assert.True(t, strings.HasPrefix(err.Error(), "rados: open as client."), err)
		})
	}
	t.Run("no context", func(t *testing.T) {
		var none context.Context
		_, err := rados.Open(none, good)
		assert.ErrorIs(t, err, syscall.EINVAL)
	})
	t.Run("nil error", func(t *testing.T) {
		var err *rados.OpenError
		assert.NotEmpty(t, err.Error())
		assert.NoError(t, errors.Unwrap(err))
	})
}

// TestConnectContextErrors expects ConnectContext to name the part of the configuration that is at fault, and
// Connect to return the same error without that.
func TestConnectContextErrors(t *testing.T) {
	c := newClient(t, "mon", "allow r")
	entity := "client." + c.user
	options := func(pairs ...string) map[string]string {
		list := map[string]string{"mon_host": c.monHost, "keyring": c.keyring}
		for i := 0; i < len(pairs); i += 2 {
			list[pairs[i]] = pairs[i+1]
		}
		return list
	}
	for name, test := range map[string]struct {
		user    string // the default is that of c
		options map[string]string
		want    rados.OpenError
		errs    []error
	}{
		"no monitor": {options: map[string]string{"keyring": c.keyring},
			want: rados.OpenError{Reason: fmt.Sprintf("mon_host is not set; the configuration file %q has not been read, or does not set it", c.conf)}, errs: []error{rados.ErrNotFound}},
		"unknown host": {options: options("mon_host", "no-such-host.invalid"),
			want: rados.OpenError{Reason: `mon_host "no-such-host.invalid" has an address that can't be resolved`, Monitors: "no-such-host.invalid"}, errs: []error{syscall.EINVAL}},
		"silent monitor": {options: options("mon_host", "127.0.0.1:1", "client_mount_timeout", "1"),
			want: rados.OpenError{Reason: `no answer from the monitors "127.0.0.1:1"`, Monitors: "127.0.0.1:1"}, errs: []error{syscall.ETIMEDOUT}},
		"malformed key": {options: options("key", c.key[:20]),
			want: rados.OpenError{Reason: "the key is malformed", Option: "key"}, errs: []error{syscall.EINVAL, syscall.EACCES}},
		"no keyring": {options: options("keyring", "/none", "auth_client_required", "cephx"),
			want: rados.OpenError{Reason: `no keyring exists at "/none"`, File: "/none"}, errs: []error{rados.ErrNotFound}},
		"unknown user": {user: "nobody",
			options: options("key", c.key),
			want:    rados.OpenError{User: "client.nobody", Reason: "the monitors do not know the user with this key, or it has no capabilities for monitors", Monitors: c.monHost}, errs: []error{syscall.EACCES}},
		"user with its type": {user: entity,
			options: options(),
			want: rados.OpenError{User: "client." + entity, File: c.keyring,
				Reason: fmt.Sprintf(`keyring %q has no key of client.%s; the name of the user has "client." twice`, c.keyring, entity)}, errs: []error{syscall.EACCES, rados.ErrNotFound}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("CEPH_CONF", c.conf)
			if test.user == "" {
				test.user = c.user
			}
			conn, err := rados.NewConnWithUser(test.user)
			require.NoError(t, err)
			defer conn.Shutdown()
			for option, value := range test.options {
				require.NoError(t, conn.SetConfigOption(option, value))
			}
			bare := await.Result(t, conn.Connect)
			assert.True(t, errorsIsAny(bare, test.errs...), "%v", bare)
			assert.False(t, errors.As(bare, new(*rados.OpenError)), "%v", bare)

			err = await.Result(t, func() error { return conn.ConnectContext(t.Context()) })
			var object *rados.ObjectError
			require.ErrorAs(t, err, &object)
			assert.Equal(t, "ConnectContext", object.Op)
			var got *rados.OpenError
			require.ErrorAs(t, err, &got)
			if test.want.User == "" {
				test.want.User = entity
			}
			test.want.Err = got.Err
			assert.Equal(t, test.want, *got)
			assert.True(t, errorsIsAny(got.Err, test.errs...), "%v", err)
			assert.NotContains(t, err.Error(), c.key)
		})
	}
}

// TestConnectContextUnexplained expects errors that are none of the configuration to be left as they are.
func TestConnectContextUnexplained(t *testing.T) {
	c := newClient(t, "mon", "allow r")
	conn, err := rados.NewConnWithUser(c.user)
	require.NoError(t, err)
	defer conn.Shutdown()
	var none context.Context
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	unexplained := func(ctx context.Context, want error) {
		t.Helper()
		err := conn.ConnectContext(ctx)
		assert.ErrorIs(t, err, want)
		assert.NotErrorAs(t, err, new(*rados.OpenError))
	}
	unexplained(none, syscall.EINVAL)
	unexplained(cancelled, context.Canceled)
	require.NoError(t, conn.ReadConfigFile(c.conf))
	require.NoError(t, conn.ConnectContext(t.Context()))
	unexplained(t.Context(), syscall.EISCONN)
	conn.Shutdown()
	unexplained(t.Context(), rados.ErrNotConnected)
}

// TestOpenOnceForEachUser opens connections of several users in one process: each has its own
// rights.
func TestOpenOnceForEachUser(t *testing.T) {
	pool, err := radostest.Pool(t).GetPoolName()
	require.NoError(t, err)
	reader, writer := newClient(t, "mon", "allow r", "osd", "allow r"), newClient(t, "mon", "allow r", "osd", "allow rw")
	for c, want := range map[client]error{reader: rados.ErrPermissionDenied, writer: nil} {
		conn, err := rados.Open(t.Context(), rados.Config{User: c.user, NoConfigFile: true, MonHost: c.monHost, Key: c.key})
		require.NoError(t, err)
		t.Cleanup(conn.Shutdown)
		err = open(t, conn, pool).WriteFull("o", []byte("data"))
		assert.ErrorIs(t, err, want)
	}
}

// TestOpenCancelled ends the context of Open while a monitor that has accepted the connection does
// not answer.
func TestOpenCancelled(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	accepted := make(chan net.Conn, 100)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- conn
		}
	}()
	config := rados.Config{NoConfigFile: true, MonHost: listener.Addr().String(), Key: aKey, Options: map[string]string{"client_mount_timeout": "2"}}
	ctx, cancel := context.WithCancelCause(t.Context())
	result := make(chan error, 1)
	go func() {
		conn, err := rados.Open(ctx, config)
		conn.Shutdown()
		result <- err
	}()
	defer await.Next(t, accepted).Close()
	cause := errors.New("the program ends")
	cancel(cause)
	err = await.Next(t, result)
	assert.ErrorIs(t, err, context.Canceled)
	assert.ErrorIs(t, err, cause)
	var got *rados.OpenError
	require.ErrorAs(t, err, &got)
	assert.Equal(t, config.MonHost, got.Monitors)

	_, err = rados.Open(ctx, config)
	assert.ErrorIs(t, err, cause, "done before")
	require.ErrorAs(t, err, &got)
	assert.Empty(t, got.Monitors, "no monitor is at fault")
}

// TestOpenWithLimits expects the limits of a Config to apply. The bounds of librados follow from
// them.
func TestOpenWithLimits(t *testing.T) {
	conn, err := rados.Open(t.Context(), rados.Config{ConfigFile: radostest.Shared(t).Conf(), MaxInFlight: 5000, MaxInFlightBytes: 1 << 30, MaxBlockingCalls: 1})
	require.NoError(t, err)
	defer conn.Shutdown()
	for option, least := range map[string]int{"objecter_inflight_ops": 5000, "objecter_inflight_op_bytes": 1 << 30} {
		text, err := conn.GetConfigOption(option)
		require.NoError(t, err)
		var value int
		_, err = fmt.Sscan(text, &value)
		require.NoError(t, err)
		assert.Greater(t, value, least, option)
	}
}

// TestOpenInEnvironment opens the zero Config in another process, which has no files but the
// environment.
func TestOpenInEnvironment(t *testing.T) {
	const child = "GO_RADOS_TEST_OPEN"
	if os.Getenv(child) != "" {
		conn, err := rados.Open(t.Context(), rados.Config{})
		if err != nil {
			fmt.Println("error:", err)
			return
		}
		defer conn.Shutdown()
		fsid, err := conn.GetFSID()
		require.NoError(t, err)
		fmt.Println("connected:", fsid)
		return
	}
	program, err := os.Executable() // os.Args[0] may be relative to another folder
	require.NoError(t, err)
	c := newClient(t, "mon", "allow r")
	monitors := "--mon-host " + strings.ReplaceAll(c.monHost, " ", "")
	for name, test := range map[string]struct {
		env  []string
		want string
	}{
		"key":      {[]string{"CEPH_ARGS=" + monitors + " --id " + c.user + " --key " + c.key}, "connected: " + c.fsid},
		"keyring":  {[]string{"CEPH_ARGS=" + monitors + " --name=client." + c.user, "CEPH_KEYRING=" + c.keyring}, "connected: " + c.fsid},
		"file":     {[]string{"CEPH_ARGS=--user " + c.user + " --conf " + c.conf}, "connected: " + c.fsid},
		"no key":   {[]string{"CEPH_ARGS=" + monitors + " --id " + c.user + " --auth-client-required cephx"}, "as client." + c.user + `: no keyring exists at "/etc/ceph/ceph.client.` + c.user + ".keyring"},
		"cut key":  {[]string{"CEPH_ARGS=" + monitors + " --id " + c.user + " --key " + c.key[:20]}, "as client." + c.user + ": the key is malformed"},
		"value":    {[]string{"CEPH_ARGS=" + monitors + " --debug-ms x"}, "environment variable CEPH_ARGS"},
		"no value": {[]string{"CEPH_ARGS=--mon-host"}, "environment variable CEPH_ARGS"},
		"user":     {[]string{"CEPH_ARGS=--name nobody"}, `user "nobody" of cluster "ceph"`},
		"no file":  {[]string{"CEPH_CONF=/none.conf"}, `configuration file "/none.conf"`},
		"nothing":  {nil, `as client.admin: mon_host is not set, and no configuration file exists at "/etc/ceph/ceph.conf", "/none/.ceph/ceph.conf", "ceph.conf"; no keyring exists`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat("/etc/ceph/ceph.conf"); err == nil && test.env == nil {
				t.Skip("this machine has a cluster")
			}
			cmd := exec.Command(program, "-test.run=^TestOpenInEnvironment$")
			cmd.Dir = t.TempDir()
			cmd.Env = append(test.env, child+"=1", "HOME=/none",
				"RADOS_TEST_CALLS="+os.Getenv("RADOS_TEST_CALLS")) // where internal/test/reach counts
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			assert.Contains(t, string(out), test.want)
			assert.NotContains(t, string(out), c.key[:20])
		})
	}
}

// TestConfigHidesSecrets prints a Config with secrets.
func TestConfigHidesSecrets(t *testing.T) {
	config := rados.Config{User: "app", Key: aKey, ConfigFile: aKey, Options: map[string]string{"key": aKey, "rgw_ldap_secret": "hidden", "log_file": "shown"}}
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("config", "config", config)
	slog.New(slog.NewTextHandler(&log, nil)).Info("config", "config", config)
	for _, text := range []string{
		config.String(), config.GoString(), fmt.Sprint(config), fmt.Sprint(&config), fmt.Sprintf("%+v", config), fmt.Sprintf("%#v", config),
		fmt.Sprintf("%+v", struct{ C rados.Config }{config}), fmt.Sprintf("%+v", []rados.Config{config}), log.String(),
	} {
		assert.Contains(t, text, "app")
		assert.Contains(t, text, "shown")
		assert.Contains(t, text, "secret")
		assert.NotContains(t, text, aKey[:20])
		assert.NotContains(t, text, "hidden")
	}
	assert.NotContains(t, fmt.Sprintf("%q %s", config, config), aKey[:20])
	assert.Equal(t, aKey, config.Key)
	assert.Equal(t, aKey, config.Options["key"])
	assert.True(t, strings.HasPrefix(config.GoString(), `rados.Config{Cluster:"", User:"app"`), config.GoString())
}
