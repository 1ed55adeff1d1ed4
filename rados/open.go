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

// Config is the configuration of [Open]. The zero Config connects like the program
// ceph without arguments. A Config can be printed and logged: the key and other
// secrets are replaced.
type Config struct {
	// Cluster is the name of the cluster, which replaces $cluster in the paths of
	// files. If it is empty, the argument --cluster in CEPH_ARGS is used. The default
	// is "ceph" or, with a ConfigFile NAME.conf, NAME.
	Cluster string

	// User is the name of the user, as "client.NAME" or NAME. If it is empty, the
	// arguments --name or --id in CEPH_ARGS are used. The default is client.admin.
	User string

	// ConfigFile is the path of a configuration file, or several paths with commas
	// between them, of which librados reads the first that exists; see
	// [Conn.ReadConfigFile]. If it is empty, the argument --conf in CEPH_ARGS is used.
	// By default librados searches for a file, and no file need exist; see
	// [Conn.ReadDefaultConfigFile].
	ConfigFile string

	// NoConfigFile disables reading a configuration file.
	NoConfigFile bool

	// MonHost is the addresses of the monitors with commas between them, such as
	// "10.0.0.1,10.0.0.2". It is the option mon_host.
	MonHost string

	// Key is the key of the user in base64, as `ceph auth get-key` prints it.
	Key string

	// Keyring is the path of a file that contains the key, or several paths with
	// commas between them, of which librados reads the first that exists.
	Keyring string

	// Options are configuration options of librados; see [Conn.SetConfigOption]. They
	// take precedence over CEPH_ARGS and the file; the fields above take precedence
	// over Options.
	Options map[string]string

	// MaxInFlight and MaxInFlightBytes are the limits of [Conn.SetMaxInFlight].
	MaxInFlight      int
	MaxInFlightBytes int64

	// MaxBlockingCalls is the limit of [Conn.SetMaxBlockingCalls].
	MaxBlockingCalls int

	// Tracer observes the calls of the Conn; see [Conn.SetTracer].
	Tracer Tracer

	// Logger receives the log of librados, from the first line on; see
	// [Conn.SetLogger]. slog.New([slog.DiscardHandler]) discards the log. Without a
	// Logger the options log_file, log_to_file, log_to_stderr and err_to_stderr select
	// its destination.
	Logger *slog.Logger
}

// opener makes and connects a Conn.
var opener = connect.Opener[*Conn]{
	Connect:    (*Conn).connectUntil,
	Errno:      func(errno syscall.Errno) error { return radosError(-int(errno)) },
	UnsafeFile: ErrUnsafeFile,
}

// Open connects to a cluster and returns the Conn, which the caller must close
// with [Conn.Shutdown].
//
// The configuration comes from, in order of precedence, config, the environment
// variable CEPH_ARGS, the environment variable CEPH_KEYRING, which is the path of
// a keyring, and the configuration file. A program in a container needs no file,
// and can use an empty Config, if the environment has the rest:
//
//	CEPH_ARGS="--mon-host 10.0.0.1,10.0.0.2 --id app --key AQB…=="
//
// or, with the key in a file, CEPH_ARGS without --key, and CEPH_KEYRING.
//
// The error is an [OpenError], which names the option, file, user or monitors at
// fault. In it errors.Is finds:
//   - [ErrNotFound] if an option or a file does not exist, no address of a monitor
//     is configured, or the user has no keyring
//   - EINVAL if a value is not valid for its option, the key or CEPH_ARGS is
//     malformed, the host name of a monitor can't be resolved, config contradicts
//     itself, a limit is negative, or ctx is nil
//   - EACCES if a file can't be read, or the monitors reject the user
//   - [ErrNameContainsNUL] if a text contains a NUL byte
//   - ETIMEDOUT if no monitor answers within client_mount_timeout seconds (default
//     300)
//   - the error and the cause of ctx if it is done before a monitor answers
//   - the other errors of [Conn.ReadConfigFile], [Conn.ParseCmdLineArgs] and
//     [Conn.Connect]
//
// If Open fails, it releases all resources, with one exception: if ctx was done
// while no monitor answered, librados keeps some threads until
// client_mount_timeout. Each call creates its own client with about eight threads,
// so a program should pause between repeated calls.
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

// publicConfig is a Config without secrets and without the methods, which would
// call themselves.
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
