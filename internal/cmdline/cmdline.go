// Package cmdline knows the command lines over which librados ends the process,
// as if it were the command-line program that its parser was written for.
//
// A library must not: such command lines are refused before librados sees them.
// What librados does was found by experiment with Ceph 16.2; the options that do
// harm are the few that it handles ahead of the general ones, for which it
// returns EINVAL. Whether an argument is an option or the value of the one before
// it depends on all that librados knows, so each counts as an option: a value
// that looks like one of these can be given with "=".
package cmdline

import (
	"iter"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// wanting are the options without whose value librados calls exit.
var wanting = []string{
	"--mon_host", "-m", "--keyring", "-k", "--keyfile", "-K", "--monmap", "-M",
	"--client_mountpoint", "-r", "--bind", "--show_config_value",
}

// Effective returns the part of argv, a program's name and its arguments, that librados
// is to see: up to the first "--", which ends the options. librados takes a "--"
// after an option for its value and would go on.
func Effective(argv []string) []string {
	if len(argv) == 0 {
		return argv
	}
	if i := slices.Index(argv[1:], "--"); i >= 0 {
		return argv[:1+i+1]
	}
	return argv
}

// Fatal reports whether librados would end the process over args, or might: the
// arguments, without the program's name, that Effective has left.
func Fatal(args []string) bool {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i+1]
	}
	return fatal(args)
}

// FatalIn is Fatal for arguments in an environment variable, which can't be cut
// short. librados splits it at spaces, knows no quotes, and drops a "--" that is
// the last.
func FatalIn(variable string) bool {
	args := without(strings.Split(os.Getenv(variable), " "), "")
	return fatal(args) || fatal(without(args, "--"))
}

// Values yields the options among args, the arguments without the program's name, with
// underscores in their names, and their value if they take one.
func Values(args []string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i, arg := range args {
			name, value, hasValue := strings.Cut(arg, "=")
			if !hasValue && i+1 < len(args) {
				value = args[i+1]
			}
			if strings.HasPrefix(arg, "-") && !yield(spelled(name), value) {
				return
			}
		}
	}
}

func without(args []string, what string) []string {
	return slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == what })
}

func fatal(args []string) bool {
	for i, arg := range args {
		name, value, hasValue := strings.Cut(arg, "=")
		name = spelled(name)
		if !hasValue && i+1 < len(args) {
			value = args[i+1]
		}
		switch {
		case name == "--show_conf" && !hasValue: // prints the configuration and exits
			return true
		case name == "--bind" && !isAddress(value): // aborts
			return true
		case !hasValue && i+1 == len(args) && slices.Contains(wanting, name):
			return true
		}
	}
	return false
}

// spelled is name with underscores: but for those that it begins with, librados
// takes dashes for them.
func spelled(name string) string {
	if len(name) < 2 {
		return name
	}
	return name[:2] + strings.ReplaceAll(name[2:], "-", "_")
}

// isAddress reports whether librados surely knows value as an IP address, with or
// without a port. Other texts that it accepts as one have no use.
func isAddress(value string) bool {
	addr, err := netip.ParseAddr(value)
	if err != nil {
		port, err := netip.ParseAddrPort(value)
		if err != nil {
			return false
		}
		addr = port.Addr()
	}
	return addr.Zone() == "" && (addr.Is4() || !strings.Contains(value, "."))
}
