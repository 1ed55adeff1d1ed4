//go:build cgo

package rados

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"syscall"

	"github.com/go-rados/go-rados/internal/connect"
)

// Config is the configuration that Open connects with. The zero Config connects like the
// program ceph without arguments. A Config can be printed and logged: the key and other
// secrets in it are not shown.
type Config struct {
	// Cluster is the name of the cluster, which stands for $cluster in the paths of files.
	// If it is empty, it is that of the argument --cluster in CEPH_ARGS. Without that it is
	// "ceph" or, with a ConfigFile NAME.conf, NAME.
	Cluster string

	// User is the name of the user, as "client.NAME" or NAME. If it is empty, it is that of the
	// arguments --name or --id in CEPH_ARGS. Without those it is client.admin.
	User string

	// ConfigFile is the path of a configuration file, or several paths with commas between
	// them, of which librados reads the first that exists; see [Conn.ReadConfigFile]. If it is
	// empty, it is that of the argument --conf in CEPH_ARGS. Without that librados looks for a
	// file, and none need exist; see [Conn.ReadDefaultConfigFile].
	ConfigFile string

	// If NoConfigFile is true, no configuration file is read.
	NoConfigFile bool

	// MonHost has the addresses of the monitors, with commas between them: "10.0.0.1,10.0.0.2".
	// It is the option mon_host.
	MonHost string

	// Key is the key of the user in base64, as `ceph auth get-key` prints it.
	Key string

	// Keyring is the path of a file that has the key, or several paths with commas between
	// them, of which librados reads the first that exists.
	Keyring string

	// Options are configuration options of librados; see [Conn.SetConfigOption]. They precede
	// CEPH_ARGS and the file, and the fields above precede them.
	Options map[string]string

	// MaxInFlight and MaxInFlightBytes are the limits of [Conn.SetMaxInFlight].
	MaxInFlight      int
	MaxInFlightBytes int64

	// MaxBlockingCalls is the limit of [Conn.SetMaxBlockingCalls].
	MaxBlockingCalls int

	// Tracer observes the calls of the Conn; see [Conn.SetTracer].
	Tracer Tracer

	// Logger gets librados' own log; see [Conn.SetLogger]. Without it the options log_file,
	// log_to_file, log_to_stderr and err_to_stderr say where that goes.
	Logger *slog.Logger
}

// opener makes and connects a Conn.
var opener = connect.Opener[*Conn]{
	Connect:    (*Conn).connectUntil,
	Errno:      func(errno syscall.Errno) error { return radosError(-int(errno)) },
	UnsafeFile: ErrUnsafeFile,
}

// Open connects to a cluster. The caller ends the Conn that it returns with Shutdown.
//
// The configuration comes from, in order of precedence, config, the environment variable
// CEPH_ARGS, the environment variable CEPH_KEYRING, which is the path of a keyring, and the
// configuration file. A program in a container needs no file and an empty Config if the
// environment has the rest:
//
//	CEPH_ARGS="--mon-host 10.0.0.1,10.0.0.2 --id app --key AQB…=="
//
// or, with the key in a file, CEPH_ARGS without --key, and CEPH_KEYRING.
//
// The error is an OpenError, which names the option, file, user or monitors at fault. In it
// errors.Is finds
//   - ErrNotFound if an option or a file does not exist, no monitor's address is configured, or
//     the user has no keyring;
//   - EINVAL if a value does not suit its option, the key or CEPH_ARGS is malformed, the name of
//     a monitor's host can't be resolved, config contradicts itself, a limit is below 0, or ctx
//     is nil;
//   - EACCES if a file can't be read, or the monitors refuse the user;
//   - ErrNameContainsNUL if a text has a NUL byte;
//   - ETIMEDOUT if no monitor answers within client_mount_timeout seconds, 300 unless configured;
//   - the error and the cause of ctx if it is done before a monitor answers;
//   - the other errors of [Conn.ReadConfigFile], [Conn.ParseCmdLineArgs] and [Conn.Connect].
//
// Open keeps nothing if it fails, except that librados keeps some threads until
// client_mount_timeout if ctx ended Open while no monitor answered. Each call makes a client of its own,
// with about eight threads, so that a program which tries again should not do so too often at a time.
func Open(ctx context.Context, config Config) (*Conn, error) {
	if ctx == nil {
		return nil, &OpenError{Reason: "ctx is nil", Err: radosError(-int(syscall.EINVAL))}
	}
	opener := opener
	opener.New = func(cluster, user string) (*Conn, error) {
		conn, err := NewConnWithClusterAndUser(cluster, user)
		conn.SetTracer(config.Tracer)
		return conn, err
	}
	conn, err := opener.Open(ctx, connect.Config{
		Cluster:          config.Cluster,
		User:             config.User,
		ConfigFile:       config.ConfigFile,
		NoConfigFile:     config.NoConfigFile,
		MonHost:          config.MonHost,
		Key:              config.Key,
		Keyring:          config.Keyring,
		Options:          config.Options,
		MaxInFlight:      config.MaxInFlight,
		MaxInFlightBytes: config.MaxInFlightBytes,
		MaxBlockingCalls: config.MaxBlockingCalls,
		Logger:           config.Logger,
	})
	if err != nil {
		return nil, (*OpenError)(err)
	}
	return conn, nil
}

// String returns the fields of c, with "<secret>" in place of secrets.
func (c Config) String() string { return fmt.Sprintf("%+v", c.redacted()) }

// GoString returns c in the syntax of Go, with "<secret>" in place of secrets.
func (c Config) GoString() string {
	return strings.Replace(fmt.Sprintf("%#v", c.redacted()), "publicConfig", "Config", 1)
}

// LogValue returns c for package slog, with "<secret>" in place of secrets.
func (c Config) LogValue() slog.Value { return slog.AnyValue(c.redacted()) }

// publicConfig is a Config without secrets, and without the methods that would call themselves.
type publicConfig Config

func (c Config) redacted() publicConfig {
	c.Key = connect.RedactOption("key", c.Key)
	c.ConfigFile = connect.Redact(c.ConfigFile)
	c.Keyring = connect.Redact(c.Keyring)
	c.Options = maps.Clone(c.Options)
	for option, value := range c.Options {
		c.Options[option] = connect.RedactOption(option, value)
	}
	return publicConfig(c)
}
