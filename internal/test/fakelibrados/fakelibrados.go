// Package fakelibrados runs a program, mostly a test, with a librados that has no
// cluster behind it: its functions fail on demand, hand out what they are told
// to, block until they are released, remember what they were given, and count
// what has not been given back. Using an object that is freed ends the process.
//
// The fake is a shared library of its own, lib/librados.c, so that what is
// tested is linked and called just as with the real one.
package fakelibrados

/*
#cgo CFLAGS: -fPIC
#include <stdlib.h>
#include <string.h>
#include "lib/fake.h"

// A weak symbol's address can't be asked for from Go.
static inline int loaded(void) { return fake_reset != NULL; }
*/
import "C"

import (
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unsafe"
)

//go:embed lib
var sources embed.FS

// folderVar tells the process that was started anew where the library is.
const folderVar = "FAKERADOS_FOLDER"

// Load makes this process one that runs with the fake librados. The loader
// must find it before main, so the first time Load builds it and starts the
// program again in its own place: it must be called before anything else.
func Load() error {
	folder := os.Getenv(folderVar)
	os.Unsetenv(folderVar)
	if C.loaded() != 0 {
		if fuzzing() { // its workers are started in this environment, and need not build it again
			kept = folder
			return nil
		}
		return os.RemoveAll(folder) // once mapped, it needs its file no more
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

// kept is what Load has left behind.
var kept string

func fuzzing() bool {
	return slices.ContainsFunc(os.Args, func(arg string) bool { return strings.HasPrefix(arg, "-test.fuzz=") })
}

// Unload removes what Load has left behind for the workers of a fuzz test. It is for when
// all tests are over.
func Unload() { os.RemoveAll(kept) }

// withoutVar lists functions that the library is to lack, as that of an older release.
const withoutVar = "FAKERADOS_WITHOUT"

// Without is the environment variable by which a program that calls Load gets a fake
// without these functions. Which functions there are is settled when a program is
// started, so a test must start one.
func Without(functions ...string) string { return withoutVar + "=" + strings.Join(functions, " ") }

// exported is what the library is to export, for the linker.
func exported() string {
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

// oldest is the version of the real one's symbols: without it the loader complains.
const oldest = "LIBRADOS_14.2.0"

const versionVar = "FAKERADOS_VERSION"

// Version is the environment variable by which a program that calls Load gets a fake
// whose symbols have another version; before Ceph 14.2 they had none, which is "".
func Version(version string) string { return versionVar + "=" + version }

func build(folder string) error {
	lib, err := fs.Sub(sources, "lib")
	if err != nil {
		return err
	}
	if err := os.CopyFS(folder, lib); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "librados.map"), []byte(exported()), 0o600); err != nil {
		return err
	}
	cmd := exec.Command("cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations",
		"-shared", "-fPIC", "-pthread", "-Wl,-soname,librados.so.2", "-Wl,--version-script,librados.map",
		"-o", "librados.so.2", "librados.c", "-ldl")
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
	return syscall.Exec(program, os.Args, env)
}

// Reset forgets all orders and records, and what is live: one test's leaks are
// no other's.
func Reset() { C.fake_reset() }

// Quick makes the functions that read and write objects return at once, with
// 0: what remains is what the call costs.
func Quick(on bool) {
	var c C.int
	if on {
		c = 1
	}
	C.fake_quick(c)
}

// Return makes a C function do nothing but return ret. Commands still hand out
// their answers.
func Return(function string, ret int) { ReturnAfter(function, 0, ret) }

// ReturnAfter is Return once calls more calls have gone well.
func ReturnAfter(function string, calls, ret int) {
	with(function, func(name *C.char) { C.fake_return(name, C.uint64_t(calls), C.int64_t(ret)) })
}

// Proceed undoes Return.
func Proceed(function string) {
	with(function, func(name *C.char) { C.fake_proceed(name) })
}

// Answer adds to what a C function hands out: texts, bytes, or for structs and
// numbers their bytes in memory.
func Answer(function string, answers ...string) {
	for _, a := range answers {
		with(function, func(name *C.char) {
			C.fake_answer(name, unsafe.Pointer(unsafe.StringData(a)), C.size_t(len(a)))
		})
	}
}

// Unterminated makes the functions that put a text into a buffer fill all of it, without a NUL.
func Unterminated() { C.fake_unterminated(1) }

// Hold keeps whoever calls a C function inside until Release.
func Hold(function string) {
	with(function, func(name *C.char) { C.fake_hold(name) })
}

// Release lets go of whom Hold keeps.
func Release(function string) {
	with(function, func(name *C.char) { C.fake_release(name) })
}

// patience is how many seconds Await waits for what never takes long.
const patience = 30

// Await waits until n callers are held in a C function, and says whether they
// came.
func Await(function string, n int) (came bool) {
	with(function, func(name *C.char) { came = int(C.fake_await(name, C.int(n), patience)) == n })
	return came
}

// Calls counts the calls of a C function since Reset.
func Calls(function string) (n int) {
	with(function, func(name *C.char) { n = int(C.fake_calls(name)) })
	return n
}

// AllCalls counts the calls of all of them.
func AllCalls() int { return int(C.fake_calls(nil)) }

// Args are the arguments that the last call of a C function was given, but for
// its handle and where it is to put its results: strings for texts and bytes,
// ints for numbers, nil for NULL.
func Args(function string) (args []any) {
	var flat []byte
	with(function, func(name *C.char) {
		flat = make([]byte, C.fake_args(name, nil, 0))
		C.fake_args(name, (*C.char)(unsafe.Pointer(unsafe.SliceData(flat))), C.size_t(len(flat)))
	})
	return arguments(flat)
}

// arguments reads what C has copied.
func arguments(flat []byte) (args []any) {
	for len(flat) > 0 {
		var arg any
		arg, flat = next(flat)
		args = append(args, arg)
	}
	return args
}

// next takes one argument off what fake_args has copied.
func next(flat []byte) (arg any, rest []byte) {
	kind, flat := flat[0], flat[1:]
	if kind == 'n' {
		return nil, flat
	}
	n, flat := int(binary.NativeEndian.Uint64(flat)), flat[8:]
	if kind == 'i' {
		return n, flat
	}
	return string(flat[:n]), flat[n:]
}

// LookFor counts, from now on, the arguments that are just that text, whatever function is
// given them; Found tells how many there were.
func LookFor(text string) { with(text, func(text *C.char) { C.fake_look_for(text) }) }

// Found is what LookFor has counted.
func Found() int { return int(C.fake_found()) }

// Live is how many objects of each kind have been handed out since Reset and not
// been freed.
func Live() map[string]int {
	live := map[string]int{}
	for kind := C.int(0); ; kind++ {
		var name *C.char
		n := C.fake_live(kind, &name)
		if n < 0 {
			return live
		}
		if n > 0 {
			live[C.GoString(name)] = int(n)
		}
	}
}

// Strerror is the C library's text of an errno.
func Strerror(errno int) string { return C.GoString(C.strerror(C.int(errno))) }

// with hands f the name of a C function as C has it.
func with(function string, f func(name *C.char)) {
	name := C.CString(function)
	defer C.free(unsafe.Pointer(name))
	f(name)
}
