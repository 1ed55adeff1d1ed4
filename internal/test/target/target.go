// Package target compiles and starts the programs of tests for the architecture that is tested. If that
// is not the machine's, the environment names the compiler and an emulator; see scripts/test-arm64.sh.
package target

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// EmulatorVar is the environment variable with the command that runs a program under emulation. The
// kernel cannot start such a program, not even itself again, unless binfmt_misc is configured.
const EmulatorVar = "RADOS_TEST_EMULATOR"

func emulator() []string { return strings.Fields(os.Getenv(EmulatorVar)) }

// IsEmulated reports whether programs run under emulation.
func IsEmulated() bool { return len(emulator()) > 0 }

// Compiler returns the command of the C compiler that the go command uses as well, $CC or cc, with these
// arguments.
func Compiler(args ...string) *exec.Cmd {
	cc := strings.Fields(os.Getenv("CC"))
	if len(cc) == 0 {
		cc = []string{"cc"}
	}
	return exec.Command(cc[0], append(cc[1:], args...)...)
}

// Command returns the command that starts a program for the architecture that is tested.
func Command(program string, args ...string) *exec.Cmd {
	command := append(append(emulator(), program), args...)
	return exec.Command(command[0], command[1:]...)
}

// Exec replaces this process by a program with the arguments, without its name, and the environment. It
// returns only if that fails.
func Exec(program string, args, env []string) error {
	command := Command(program, args...)
	if command.Err != nil {
		return command.Err
	}
	return syscall.Exec(command.Path, command.Args, env)
}
