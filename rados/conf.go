package rados

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/go-rados/go-rados/internal/cmdline"
	"github.com/go-rados/go-rados/internal/conffile"
)

// ParseConfigArgvRemainder is ParseConfigArgv that returns the arguments that are no
// options of Ceph, the program's name first, for the program to parse.
//
// Implements:
//
//	int rados_conf_parse_argv_remainder(rados_t cluster, int argc, const char **argv, const char **remargv)
func (c *Conn) ParseConfigArgvRemainder(argv []string) ([]string, error) {
	given := argv
	if len(argv) > 0 && strings.HasPrefix(argv[0], "-") { // librados would take the name for an option
		given = slices.Clone(argv)
		given[0] = "./" + argv[0]
	}
	if err := c.checkArgv(argv); err != nil {
		return nil, err
	}
	rest, err := c.parseArgv(given)
	if err != nil {
		return nil, err
	}
	rest[0] = argv[0]
	return append(rest, argv[len(cmdline.Heeded(argv)):]...), nil
}

// ReadConfigFile reads the Ceph configuration file at path. librados takes commas and
// semicolons in path for the end of one path and the beginning of another, reads the first
// file that it finds, and replaces variables such as $cluster.
//
// It returns
//   - ErrNotFound if there is no such file; on a Conn that has read a file before, that
//     may go unnoticed;
//   - EINVAL if the file can't be parsed, such as one without a newline at its end; Ceph
//     14.2 passes over what it can't parse;
//   - an UnsafeFileError, with Ceph 16.2, if a byte outside comments and quoted values is not
//     ASCII, such as a byte order mark or a no-break space. Only regular files are examined;
//   - ENOSYS after Connect.
//
// Implements:
//
//	int rados_conf_read_file(rados_t cluster, const char *path)
func (c *Conn) ReadConfigFile(path string) error {
	if err := c.checkConfigFile(path); err != nil {
		return err
	}
	return c.readConfigFile(path)
}

// ReadDefaultConfigFile reads the Ceph configuration from the paths in the environment
// variable CEPH_CONF or, if it is not set, from the first file that exists of
// /etc/ceph/$cluster.conf, $HOME/.ceph/$cluster.conf and $cluster.conf in the working
// directory. $cluster is "ceph" unless the Conn was made with another name. It returns
// ErrNotFound if no file exists, and other errors like ReadConfigFile.
//
// Implements:
//
//	int rados_conf_read_file(rados_t cluster, const char *path)
func (c *Conn) ReadDefaultConfigFile() error {
	if err := c.checkConfigFile(conffile.DefaultPaths()); err != nil {
		return err
	}
	return c.readDefaultConfigFile()
}

// UnsafeFileError is the error of a configuration file or keyring over which librados
// would end the process. errors.Is finds ErrUnsafeFile and syscall.EINVAL in it.
type UnsafeFileError struct {
	Path string
	Line int // of the first byte that is not ASCII, outside comments and quoted values
}

// Error returns a text with the path and the line.
func (e *UnsafeFileError) Error() string {
	if e == nil {
		return noError
	}
	return fmt.Sprintf("rados: %s:%d: librados would end the process over a byte that is not ASCII", e.Path, e.Line)
}

// Unwrap returns ErrUnsafeFile.
func (e *UnsafeFileError) Unwrap() error { return ErrUnsafeFile }

// ErrorCode returns that of EINVAL, negative as in C.
func (e *UnsafeFileError) ErrorCode() int { return -int(syscall.EINVAL) }

// unsafeRelease is the release whose parser ends the process. A library between it and
// the next known one is taken for it.
const unsafeRelease = "16.2"

// checkConfigFile returns an UnsafeFileError if librados would end the process over the file
// that it reads for that list of paths, or over the keyring that the file names: librados reads
// it at once.
func (c *Conn) checkConfigFile(list string) error {
	if loadedRelease() != unsafeRelease || strings.Contains(list, "\x00") {
		return nil
	}
	paths := c.expand(list)
	if err := unsafeFile(conffile.Check(paths)); err != nil {
		return err
	}
	user, _ := c.metavariable("name")
	keyring := conffile.Keyring(paths, []string{user, "client", "global"})
	if fromEnvironment, _ := authArguments(environment()); fromEnvironment != "" { // it counts before the file
		keyring, _ = c.GetConfigOption("keyring")
	}
	return c.checkNewKeyring(keyring, conffile.SetsAuth(paths))
}

// checkNewKeyring returns an UnsafeFileError if librados would end the process over the keyring
// that it reads when options are set: keyring is what the option of that name becomes, unless it
// is "", and auth says whether others were set at which librados reads the keyring again.
func (c *Conn) checkNewKeyring(keyring string, auth bool) error {
	if variable := os.Getenv("CEPH_KEYRING"); variable != "" { // which is read along with each file
		keyring = variable
	}
	if keyring == "" && auth {
		keyring, _ = c.GetConfigOption("keyring")
	}
	if keyring == "" || strings.Contains(keyring, "\x00") {
		return nil
	}
	return unsafeFile(conffile.CheckKeyring(c.expand(keyring)))
}

// authArguments returns the keyring that args set, or "", and whether they set other options at
// which librados reads the keyring again.
func authArguments(args []string) (keyring string, auth bool) {
	for name, value := range cmdline.Values(args) {
		switch {
		case name == "--keyring" || name == "-k":
			keyring = value
		case conffile.IsAuth(strings.TrimPrefix(name, "--")):
			auth = true
		}
	}
	return keyring, auth
}

// environment returns the arguments in CEPH_ARGS, which librados splits at spaces.
func environment() []string {
	return strings.FieldsFunc(os.Getenv("CEPH_ARGS"), func(r rune) bool { return r == ' ' })
}

// checkArguments returns an UnsafeFileError if librados would end the process over the keyring
// that it reads when options are set by args, which are without the program's name.
func (c *Conn) checkArguments(args []string) error {
	if c == nil || loadedRelease() != unsafeRelease || cmdline.Fatal(args) {
		return nil // the caller will refuse it
	}
	keyring, auth := authArguments(args)
	if keyring == "" && !auth {
		return nil
	}
	return c.checkNewKeyring(keyring, auth)
}

// checkArgv is checkArguments for a program's name and its arguments.
func (c *Conn) checkArgv(argv []string) error {
	if len(argv) == 0 {
		return nil // the caller will refuse it
	}
	return c.checkArguments(cmdline.Heeded(argv)[1:])
}

// checkEnvironment is checkArguments for CEPH_ARGS. CEPH_KEYRING is read along with it.
func (c *Conn) checkEnvironment() error {
	if c == nil {
		return ErrNotConnected
	}
	if loadedRelease() != unsafeRelease {
		return nil
	}
	if err := c.checkArguments(environment()); err != nil {
		return err
	}
	return c.checkNewKeyring("", false)
}

// ParseConfigArgv takes configuration options from a command line, such as "--mon-host" with
// its value or "--debug-ms=1". The first item is the program's name and is not looked at;
// arguments that are no options of Ceph are passed over, as are all after a "--".
//
// It returns
//   - ErrEmptyArgument if argv is empty;
//   - EINVAL if a value is missing or does not suit its option;
//   - ErrUnsafeArgument if librados would end the process, as a command-line program does: the
//     last argument is one of the options --mon-host (-m), --keyring (-k), --keyfile (-K),
//     --monmap (-M), --client-mountpoint (-r), --bind and --show-config-value without its value,
//     --bind has a value that is no IP address, or an argument is --show-conf. A value that looks
//     like one of these options can be given with "=", as in "--log-file=-m";
//   - an UnsafeFileError if librados would end the process over the keyring; see ReadConfigFile;
//   - ENOSYS after Connect.
//
// Nothing is set if it returns ErrUnsafeArgument or an UnsafeFileError.
//
// Implements:
//
//	int rados_conf_parse_argv(rados_t cluster, int argc, const char **argv)
func (c *Conn) ParseConfigArgv(argv []string) error {
	if err := c.checkArgv(argv); err != nil {
		return err
	}
	return c.parseConfigArgv(argv)
}

// ParseCmdLineArgs is ParseConfigArgv for arguments without a program's name before them.
//
// Implements:
//
//	int rados_conf_parse_argv(rados_t cluster, int argc, const char **argv)
func (c *Conn) ParseCmdLineArgs(args []string) error {
	if err := c.checkArgv(append([]string{""}, args...)); err != nil {
		return err
	}
	return c.parseCmdLineArgs(args)
}

// expand returns the paths in a list of them, with the values of their metavariables.
func (c *Conn) expand(list string) []string {
	paths := conffile.Split(list)
	for i, path := range paths {
		paths[i] = conffile.Expand(path, c.metavariable)
	}
	return paths
}

// SetConfigOption sets a configuration option. Many options count only if they are set before
// Connect. Values of keyring, auth_client_required and the like make librados read the keyring at
// once.
//
// It returns
//   - ErrNotFound if there is no option of that name;
//   - EINVAL if the value does not suit it;
//   - ErrPermissionDenied, from Ceph 16.2, if it can't be changed any more;
//   - an UnsafeFileError if librados would end the process over the keyring; see ReadConfigFile.
//
// Implements:
//
//	int rados_conf_set(rados_t cluster, const char *option, const char *value)
func (c *Conn) SetConfigOption(option, value string) error {
	if loadedRelease() == unsafeRelease {
		switch name := strings.ReplaceAll(option, "-", "_"); {
		case name == "keyring" && c.usesCephx() && !strings.Contains(value, "\x00"):
			if err := unsafeFile(conffile.CheckKeyring(c.expand(value))); err != nil {
				return err
			}
		case strings.HasPrefix(name, "auth_") && strings.Contains(value, "cephx"),
			strings.HasPrefix(name, "ms_") && strings.HasSuffix(name, "_mode") && c.usesCephx():
			list, _ := c.GetConfigOption("keyring")
			if err := unsafeFile(conffile.CheckKeyring(conffile.Split(list))); err != nil {
				return err
			}
		}
	}
	return c.setConfigOption(option, value)
}

func unsafeFile(path string, line int) error {
	if line == 0 {
		return nil
	}
	return &UnsafeFileError{path, line}
}

// metavariable returns the value of a variable in the path of a configuration file.
func (c *Conn) metavariable(name string) (string, bool) {
	switch name {
	case "home":
		return os.Getenv("HOME"), true
	case "pid":
		return strconv.Itoa(os.Getpid()), true
	case "cluster", "name", "type", "id", "num":
		// No option has them. These have them in their defaults, and are for daemons only.
		withName, _ := c.GetConfigOption("mon_debug_dump_location")
		withID, _ := c.GetConfigOption("mgr_data")
		cluster, user, ok := conffile.Identity(strings.TrimSuffix(withName, ".tdump"), withID)
		typ, id, _ := strings.Cut(user, ".")
		return map[string]string{"cluster": cluster, "name": user, "type": typ, "id": id, "num": id}[name], ok
	}
	value, err := c.GetConfigOption(name)
	return value, err == nil
}

// checkKeyring returns an UnsafeFileError if librados would end the process over the keyring
// that Connect reads.
func (c *Conn) checkKeyring() error {
	if loadedRelease() != unsafeRelease {
		return nil
	}
	list, err := c.GetConfigOption("keyring")
	if err != nil || !c.usesCephx() {
		return nil
	}
	return unsafeFile(conffile.CheckKeyring(conffile.Split(list)))
}

// usesCephx reports whether librados reads a keyring.
func (c *Conn) usesCephx() bool {
	if methods, _ := c.GetConfigOption("auth_supported"); methods != "" {
		return strings.Contains(methods, "cephx") // the others do not count
	}
	return slices.ContainsFunc(
		[]string{"auth_client_required", "auth_cluster_required", "auth_service_required"},
		func(option string) bool {
			methods, _ := c.GetConfigOption(option)
			return strings.Contains(methods, "cephx")
		})
}
