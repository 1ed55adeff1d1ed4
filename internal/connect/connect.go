// Package connect configures a connection, connects it, and explains why that failed: librados
// returns the same few errnos for an unknown option, a missing file, a missing monitor and a
// refused user.
//
// What librados accepts is not refused here. Its errors are explained afterwards, by looking at
// the configuration that it had. A malformed key is the exception: librados would write it to its
// log.
package connect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/go-rados/go-rados/internal/cmdline"
	"github.com/go-rados/go-rados/internal/conffile"
	"github.com/go-rados/go-rados/internal/ctxerr"
)

// Config is the configuration of a connection. The fields are those of rados.Config.
type Config struct {
	Cluster          string
	User             string
	ConfigFile       string
	NoConfigFile     bool
	MonHost          string
	Key              string
	Keyring          string
	Options          map[string]string
	MaxInFlight      int
	MaxInFlightBytes int64
	MaxBlockingCalls int
	Logger           *slog.Logger
}

// Conn is a connection that is not connected yet.
type Conn interface {
	ReadConfigFile(path string) error
	ReadDefaultConfigFile() error
	ParseCmdLineArgs(args []string) error
	SetConfigOption(option, value string) error
	GetConfigOption(option string) (string, error)
	SetMaxInFlight(calls int, bytes int64) error
	SetMaxBlockingCalls(calls int) error
	SetLogger(logger *slog.Logger) error
	Shutdown()
}

// Error is the reason why no connection was opened. The fields are those of rados.OpenError.
type Error struct {
	User     string
	Reason   string
	Option   string
	Value    string
	File     string
	Monitors string
	Err      error
}

// Error returns a text with the user, the reason and the error of librados.
func (e *Error) Error() string {
	text := "rados: open"
	if e.User != "" {
		text += " as " + strings.Trim(strconv.Quote(e.User), `"`)
	}
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Opener opens connections of type C.
type Opener[C Conn] struct {
	// New makes a connection from the name of a cluster and that of a user, with its type.
	New func(cluster, user string) (C, error)
	// Connect connects it. It returns when ctx is done.
	Connect    func(conn C, ctx context.Context) error
	Errno      func(syscall.Errno) error // returns the error of an errno
	UnsafeFile error                     // is in an error that names the file
}

// Open returns a connection that is connected. It frees the connection if it fails.
func (o Opener[C]) Open(ctx context.Context, config Config) (C, *Error) {
	var none C
	s := setup{Config: config, errno: o.Errno, unsafeFile: o.UnsafeFile}
	if err := s.complete(); err != nil {
		return none, err
	}
	if err := ctxerr.Of(ctx); err != nil {
		return none, &Error{User: s.User, Err: err}
	}
	conn, err := o.New(s.Cluster, s.User)
	if err != nil {
		return none, s.newError(err)
	}
	s.conn = conn
	failed := s.configure()
	if failed == nil {
		if err := o.Connect(conn, ctx); err != nil {
			failed = s.explain(ctx, err)
		}
	}
	if failed != nil {
		conn.Shutdown()
		return none, failed
	}
	return conn, nil
}

// setup is a connection that is being configured.
type setup struct {
	Config // User is with its type
	conn   Conn
	args   []string // of CEPH_ARGS
	noFile []string // the paths at which no configuration file exists
	unread string   // a configuration file that exists, but may not have been read

	errno      func(syscall.Errno) error
	unsafeFile error
}

// variable is the environment variable that has a command line.
const variable = "CEPH_ARGS"

// complete sets what Config leaves open. librados passes over the arguments of CEPH_ARGS that name
// the user, the cluster and the configuration file, which are for programs.
func (s *setup) complete() *Error {
	args := strings.FieldsFunc(os.Getenv(variable), func(r rune) bool { return r == ' ' })
	s.args = cmdline.Effective(append([]string{""}, args...))[1:]
	var id, name, cluster, file string
	for option, value := range cmdline.Values(s.args) {
		switch option {
		case "--id", "--user":
			id = value
		case "--name", "-n":
			name = value
		case "--cluster":
			cluster = value
		case "--conf", "-c":
			file = value
		}
	}
	if id != "" && name == "" {
		name = "client." + id
	}
	if s.User != "" {
		name = "client." + strings.TrimPrefix(s.User, "client.")
	}
	s.User = orDefault(name, "client.admin")
	switch {
	case s.ConfigFile != "" && s.NoConfigFile:
		return s.refuse("both ConfigFile and NoConfigFile are set")
	case s.Key != "" && s.Keyring != "":
		return s.refuse("both Key and Keyring are set")
	}
	if s.ConfigFile == "" && !s.NoConfigFile {
		s.ConfigFile = file
	}
	s.Cluster = orDefault(s.Cluster, cluster)
	if s.ConfigFile == "" { // otherwise librados takes the name of the cluster from that of the file
		s.Cluster = orDefault(s.Cluster, "ceph")
	}
	return nil
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// fail returns an Error.
func (s *setup) fail(err error, reason string, args ...any) *Error {
	return &Error{User: s.User, Reason: Redact(fmt.Sprintf(reason, args...)), Err: err}
}

// refuse returns the Error of a Config that contradicts itself.
func (s *setup) refuse(reason string) *Error {
	return s.fail(s.errno(syscall.EINVAL), "%s", reason)
}

// newError returns the Error of a connection that could not be made.
func (s *setup) newError(err error) *Error {
	switch {
	case cmdline.FatalIn(variable):
		return s.argsError(err)
	case errors.Is(err, s.unsafeFile), errors.Is(err, errors.ErrUnsupported):
		return &Error{User: s.User, Err: err}
	}
	return s.fail(err, "user %q of cluster %q", s.User, s.Cluster)
}

// argsError returns the Error of CEPH_ARGS. The arguments may contain a key.
func (s *setup) argsError(err error) *Error {
	e := s.fail(err, "environment variable %s", variable)
	e.Option = variable
	return e
}

// configure configures the connection.
func (s *setup) configure() *Error {
	for _, step := range []func() *Error{s.readFile, s.parseArgs, s.setOptions, s.setLimits, s.setLogger, s.checkKey} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// readFile reads the configuration file, if there is one.
func (s *setup) readFile() *Error {
	list, read := s.ConfigFile, func() error { return s.conn.ReadConfigFile(s.ConfigFile) }
	search := list == ""
	if search {
		list, read = conffile.DefaultPaths(), s.conn.ReadDefaultConfigFile
	}
	if s.NoConfigFile {
		return nil
	}
	err := read()
	if err == nil {
		return nil
	}
	e := s.fail(err, "configuration file %q", list)
	e.File = Redact(list)
	if !errors.Is(err, syscall.ENOENT) {
		return e
	}
	paths := conffile.Guard{Config: s.conn}.Paths(list)
	if path, errno := unreadable(paths); errno != 0 {
		e = s.fail(s.errno(errno), "configuration file %q", path)
		e.File = Redact(path)
		return e
	}
	if search && os.Getenv("CEPH_CONF") == "" {
		s.noFile = paths
		return nil
	}
	return e
}

// unreadable returns the first of the files that exists but can't be read, and the reason.
func unreadable(paths []string) (string, syscall.Errno) {
	for _, path := range paths {
		if errno := openFile(path); errno != 0 && errno != syscall.ENOENT && errno != syscall.ENOTDIR {
			return path, errno
		}
	}
	return "", 0
}

// openFile returns the errno of opening a file for reading, or 0. A directory is no file.
func openFile(path string) syscall.Errno {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return syscall.EISDIR
	}
	if err == nil && !info.Mode().IsRegular() {
		return 0 // opening a pipe blocks
	}
	file, err := os.Open(path)
	if err == nil {
		file.Close()
	}
	var errno syscall.Errno
	errors.As(err, &errno)
	return errno
}

// parseArgs sets the options in CEPH_ARGS. A new connection has them already, but librados does not
// report those that it could not set.
func (s *setup) parseArgs() *Error {
	if len(s.args) == 0 {
		return nil
	}
	if err := s.conn.ParseCmdLineArgs(s.args); err != nil {
		return s.argsError(err)
	}
	return nil
}

// setOptions sets Options and the fields that stand for an option.
func (s *setup) setOptions() *Error {
	for _, option := range slices.Sorted(maps.Keys(s.Options)) {
		if err := s.setOption(option, s.Options[option]); err != nil {
			return err
		}
	}
	if s.Keyring != "" { // librados prefers these
		for _, option := range []string{"key", "keyfile"} {
			if s.option(option) == "" {
				continue
			}
			if err := s.setOption(option, ""); err != nil {
				return err
			}
		}
	}
	for _, field := range [][2]string{{"mon_host", s.MonHost}, {"keyring", s.Keyring}, {"key", strings.TrimSpace(s.Key)}} {
		if field[1] == "" {
			continue
		}
		if err := s.setOption(field[0], field[1]); err != nil {
			return err
		}
	}
	return nil
}

// option returns the value of an option, or "".
func (s *setup) option(name string) string {
	value, _ := s.conn.GetConfigOption(name)
	return value
}

// setOption sets an option.
func (s *setup) setOption(option, value string) *Error {
	err := s.conn.SetConfigOption(option, value)
	if err == nil {
		return nil
	}
	value = RedactOption(option, value)
	e := s.fail(err, "option %q can't be %q", option, value)
	if errors.Is(err, syscall.ENOENT) {
		e = s.fail(err, "no option is called %q", option)
	}
	e.Option, e.Value = option, value
	return e
}

// setLimits sets the limits of calls.
func (s *setup) setLimits() *Error {
	err := s.conn.SetMaxInFlight(s.MaxInFlight, s.MaxInFlightBytes)
	if err != nil {
		return s.fail(err, "MaxInFlight is %d and MaxInFlightBytes %d", s.MaxInFlight, s.MaxInFlightBytes)
	}
	if err := s.conn.SetMaxBlockingCalls(s.MaxBlockingCalls); err != nil {
		return s.fail(err, "MaxBlockingCalls is %d", s.MaxBlockingCalls)
	}
	return nil
}

// setLogger sets the logger, if there is one. librados has read its file by then, which may have its name
// for the cluster.
func (s *setup) setLogger() *Error {
	if s.Logger == nil {
		return nil
	}
	if err := s.conn.SetLogger(s.Logger); err != nil {
		return s.fail(err, "librados can't write to Logger")
	}
	return nil
}

// checkKey refuses a malformed key, which librados would write to its log.
func (s *setup) checkKey() *Error {
	key := s.option("key")
	if key == "" || validKey(key) || !(conffile.Guard{Config: s.conn}).UsesCephx() {
		return nil
	}
	e := s.fail(s.errno(syscall.EINVAL), "the key is malformed")
	e.Option = "key"
	return e
}
