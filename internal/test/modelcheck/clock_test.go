package modelcheck

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/target"
)

var faultsOfClock = []fault{
	{"clock", noClock, func(f *faults) { // of the client, forwards and backwards
		for range 1 + f.rng.IntN(3) {
			f.setClock(time.Duration(f.rng.IntN(4*3600)-2*3600) * time.Second)
			f.hold(3 * time.Second)
		}
		f.setClock(0)
	}},
}

// clockVariable names the file by which testdata/clock.c makes the clock wrong.
const clockVariable = "MODELCHECK_CLOCK"

// clockFile is that file in a process whose clock can be wrong, or "".
var clockFile string

// noClock is why the clock of this process cannot be wrong, or "".
func noClock() string {
	if clockFile == "" {
		return "testdata/clock.c is not loaded"
	}
	return ""
}

// clockIn returns the environment of a process whose clock can be wrong, which needs files in folder, or
// nothing if the library cannot be compiled.
func clockIn(folder string) []string {
	library, file := filepath.Join(folder, "clock.so"), filepath.Join(folder, "clock")
	cmd := target.Compiler("-shared", "-fPIC", "-O1", "-o", library, "testdata/clock.c", "-ldl")
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "the clock stays right: %v\n%s", err, out)
		return nil
	}
	if err := os.WriteFile(file, make([]byte, 8), 0o600); err != nil {
		panic(err)
	}
	return []string{"LD_PRELOAD=" + library, clockVariable + "=" + file}
}

// takeClock is called by the process with that environment. The daemons are not to have it.
func takeClock() {
	clockFile = os.Getenv(clockVariable)
	os.Unsetenv(clockVariable)
	os.Unsetenv("LD_PRELOAD")
}

// setClock makes the clock wrong, as C sees it, and waits until librados writes objects with that time.
func (f *faults) setClock(by time.Duration) {
	file, err := os.OpenFile(clockFile, os.O_WRONLY, 0)
	require.NoError(f.t, err)
	defer file.Close()
	_, err = file.WriteAt(binary.NativeEndian.AppendUint64(nil, uint64(int64(by/time.Second))), 0)
	require.NoError(f.t, err)
	ioctx := f.others.order[0].write
	require.Eventually(f.t, func() bool {
		if ioctx.Append("clock", []byte("-")) != nil { // a write without a change leaves the time as it is
			return false
		}
		stat, err := ioctx.Stat("clock")
		return err == nil && (time.Until(stat.ModTime)-by).Abs() < time.Minute
	}, time.Minute, 10*time.Millisecond, "the clock was to be wrong by %v", by)
}
