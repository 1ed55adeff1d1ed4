package fakelibrados

/*
#cgo CFLAGS: -fPIC
#include "lib/fake.h"

// Go cannot take the address of a weak symbol.
static inline int loaded(void) { return fake_reset != NULL; }
*/
import "C"

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/internal/test/target"
)

//go:embed lib
var sources embed.FS

// Environment variables of the process that Load starts.
const (
	folderVar  = "FAKERADOS_FOLDER"  // the folder of the library
	withoutVar = "FAKERADOS_WITHOUT" // the functions that it lacks
	versionVar = "FAKERADOS_VERSION" // the version of its symbols
	memoryVar  = "FAKERADOS_MEMORY"  // not empty if allocations can fail
)

// oldest is the version of the symbols of the real library. The loader reports a library without it.
const oldest = "LIBRADOS_14.2.0"

// Load replaces this process by one that is linked to the fake librados, unless it is one. The loader
// must find the library before main, so Load builds it and executes the program again: it must be
// called before anything else.
func Load() error {
	folder := os.Getenv(folderVar)
	os.Unsetenv(folderVar)
	if C.loaded() != 0 {
		if fuzzing() { // its workers start in this environment, and need not build the library
			kept = folder
			return nil
		}
		return os.RemoveAll(folder) // the library is mapped
	}
	if folder != "" {
		return errors.New("fakelibrados: the loader has taken another librados")
	}
	folder, err := os.MkdirTemp("", "fakelibrados-")
	if err != nil {
		return err
	}
	if err = build(folder); err == nil {
		err = restart(folder)
	}
	os.RemoveAll(folder)
	return fmt.Errorf("fakelibrados: %w", err)
}

// kept is the folder that Load has left, or "".
var kept string

func fuzzing() bool {
	return slices.ContainsFunc(os.Args, func(arg string) bool { return strings.HasPrefix(arg, "-test.fuzz=") })
}

// Unload removes the folder that Load has left for the workers of a fuzz test. It must be called after
// all tests.
func Unload() { os.RemoveAll(kept) }

// Without returns the environment variable that makes Load, in a program that a test starts, load a
// fake without these functions, as an older release.
func Without(functions ...string) string { return withoutVar + "=" + strings.Join(functions, " ") }

// Version returns the environment variable that makes Load, in a program that a test starts, load a
// fake whose symbols have another version; before Ceph 14.2 they had none, which is "".
func Version(version string) string { return versionVar + "=" + version }

// Memory returns the environment variable that makes Load, in a program that a test starts, load an
// allocator for FailAllocation.
func Memory() string { return memoryVar + "=yes" }

// symbols returns the linker's version script.
func symbols() string {
	list := "global: *;"
	if without := os.Getenv(withoutVar); without != "" {
		list += " local: " + strings.ReplaceAll(without, " ", "; ") + ";"
	}
	version, set := os.LookupEnv(versionVar)
	if !set {
		version = oldest
	}
	return version + " { " + list + " };\n"
}

func build(folder string) error {
	lib, err := fs.Sub(sources, "lib")
	if err != nil {
		return err
	}
	if err := os.CopyFS(folder, lib); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "librados.map"), []byte(symbols()), 0o600); err != nil {
		return err
	}
	level := "-O2" // calls are measured with it
	if os.Getenv(withoutVar) != "" || os.Getenv(versionVar) != "" {
		level = "-O0" // which takes two seconds less, and these libraries are for one test each
	}
	args := slices.Concat(sanitize, []string{"-std=gnu11", level, "-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations",
		"-shared", "-fPIC", "-pthread", "-Wl,-soname,librados.so.2", "-Wl,--version-script,librados.map",
		"-o", "librados.so.2", "librados.c", "-ldl"})
	if err := run(folder, target.Compiler(args...)); err != nil {
		return err
	}
	if os.Getenv(memoryVar) != "" {
		cmd := target.Compiler("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", memoryLib, "memory.c")
		if err := run(folder, cmd); err != nil {
			return err
		}
	}
	for _, name := range others {
		cmd := target.Compiler("-shared", "-nostdlib", "-Wl,-soname,"+name, "-o", name, "-x", "c", os.DevNull)
		if err := run(folder, cmd); err != nil {
			return err
		}
	}
	return nil
}

// memoryLib is the library of memory.c.
const memoryLib = "memory.so"

// others are libraries that are empty in the process: the fake has their functions, and with the real ones the
// loader would look for what they need of the real librados.
var others = []string{"libradosstriper.so.1"}

func run(folder string, cmd *exec.Cmd) error {
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}

// restart returns only if it fails.
func restart(folder string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	path := folder
	if others := os.Getenv("LD_LIBRARY_PATH"); others != "" {
		path += ":" + others
	}
	env := append(os.Environ(), "LD_LIBRARY_PATH="+path, folderVar+"="+folder)
	if os.Getenv(memoryVar) != "" {
		env = append(env, "LD_PRELOAD="+filepath.Join(folder, memoryLib))
	}
	return target.Exec(program, os.Args[1:], env)
}
