package conffile

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/go-rados/go-rados/internal/cmdline"
)

// Config has the configuration of librados.
type Config interface {
	GetConfigOption(name string) (string, error)
}

// Guard finds the files over which librados would end the process when it is given something to
// read. Its methods return the path of such a file and the line in it, or 0 for the line.
type Guard struct{ Config Config }

// File checks the configuration file that librados reads for a list of paths, and the keyring that
// the file names: librados reads the keyring along with the file.
func (g Guard) File(list string) (path string, line int) {
	if strings.Contains(list, "\x00") { // such a list is refused
		return "", 0
	}
	paths := g.Paths(list)
	if path, line := Check(paths); line > 0 {
		return path, line
	}
	keyring := Keyring(paths, []string{g.User(), "client", "global"})
	if fromEnvironment, _ := authArguments(environment()); fromEnvironment != "" { // it precedes the file
		keyring = g.option("keyring")
	}
	return g.newKeyring(keyring, SetsAuth(paths))
}

// Arguments checks the keyring that librados reads when options are set by args, which are without
// the name of the program.
func (g Guard) Arguments(args []string) (path string, line int) {
	if cmdline.Fatal(args) { // such arguments are refused
		return "", 0
	}
	keyring, auth := authArguments(args)
	if keyring == "" && !auth {
		return "", 0
	}
	return g.newKeyring(keyring, auth)
}

// Environment is Arguments for CEPH_ARGS and CEPH_KEYRING, which librados reads along with it.
func (g Guard) Environment() (path string, line int) {
	if path, line := g.Arguments(environment()); line > 0 {
		return path, line
	}
	return g.newKeyring("", false)
}

// Option checks the keyring that librados reads when an option is set.
func (g Guard) Option(option, value string) (path string, line int) {
	switch name := strings.ReplaceAll(option, "-", "_"); {
	case name == "keyring" && g.UsesCephx() && !strings.Contains(value, "\x00"):
		return CheckKeyring(g.Paths(value))
	case strings.HasPrefix(name, "auth_") && strings.Contains(value, "cephx"),
		strings.HasPrefix(name, "ms_") && strings.HasSuffix(name, "_mode") && g.UsesCephx():
		return CheckKeyring(Split(g.option("keyring")))
	}
	return "", 0
}

// Connect checks the keyring that librados reads when it connects.
func (g Guard) Connect() (path string, line int) {
	list, err := g.Config.GetConfigOption("keyring")
	if err != nil || !g.UsesCephx() {
		return "", 0
	}
	return CheckKeyring(Split(list))
}

// newKeyring checks the keyring that librados reads when options are set: keyring is the new value
// of the option of that name, unless it is "", and auth reports whether others were set at which
// librados reads the keyring again.
func (g Guard) newKeyring(keyring string, auth bool) (path string, line int) {
	if variable := os.Getenv("CEPH_KEYRING"); variable != "" { // it is read along with each file
		keyring = variable
	}
	if keyring == "" && auth {
		keyring = g.option("keyring")
	}
	if keyring == "" || strings.Contains(keyring, "\x00") {
		return "", 0
	}
	return CheckKeyring(g.Paths(keyring))
}

// authArguments returns the keyring that args set, or "", and reports whether they set other
// options at which librados reads the keyring again.
func authArguments(args []string) (keyring string, auth bool) {
	for name, value := range cmdline.Values(args) {
		switch {
		case name == "--keyring" || name == "-k":
			keyring = value
		case IsAuth(strings.TrimPrefix(name, "--")):
			auth = true
		}
	}
	return keyring, auth
}

// environment returns the arguments in CEPH_ARGS, which librados splits at spaces.
func environment() []string {
	return strings.FieldsFunc(os.Getenv("CEPH_ARGS"), func(r rune) bool { return r == ' ' })
}

// Paths returns the paths in a list, with the values of their metavariables.
func (g Guard) Paths(list string) []string {
	paths := Split(list)
	for i, path := range paths {
		paths[i] = Expand(path, g.metavariable)
	}
	return paths
}

// User returns the name of the user with its type, or "" if the configuration does not tell it.
func (g Guard) User() string {
	user, _ := g.metavariable("name")
	return user
}

// metavariable returns the value of a variable in the path of a configuration file.
func (g Guard) metavariable(name string) (string, bool) {
	switch name {
	case "home":
		return os.Getenv("HOME"), true
	case "pid":
		return strconv.Itoa(os.Getpid()), true
	case "cluster", "name", "type", "id", "num":
		// No option has them. These have them in their defaults, and are for daemons only.
		withName := strings.TrimSuffix(g.option("mon_debug_dump_location"), ".tdump")
		cluster, user, ok := Identity(withName, g.option("mgr_data"))
		typ, id, _ := strings.Cut(user, ".")
		return map[string]string{"cluster": cluster, "name": user, "type": typ, "id": id, "num": id}[name], ok
	}
	value, err := g.Config.GetConfigOption(name)
	return value, err == nil
}

// UsesCephx reports whether librados reads a keyring.
func (g Guard) UsesCephx() bool {
	if methods := g.option("auth_supported"); methods != "" {
		return strings.Contains(methods, "cephx") // the others do not count
	}
	return slices.ContainsFunc(
		[]string{"auth_client_required", "auth_cluster_required", "auth_service_required"},
		func(option string) bool { return strings.Contains(g.option(option), "cephx") })
}

// option returns the value of an option, or "".
func (g Guard) option(name string) string {
	value, _ := g.Config.GetConfigOption(name)
	return value
}
