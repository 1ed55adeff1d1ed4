package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// subjectVar is the environment variable with the name of the subject to run.
const subjectVar = "BENCH_SUBJECT"

// A driver keeps operations in flight for a round. It prepares itself, calls start, and
// then claim and record for each operation, from any number of goroutines. It returns when
// all its operations have completed.
type driver func(*round) error

// round is a command to a driver, and its results.
type round struct {
	Case
	ioctx *rados.IOContext

	objects []string
	claimed atomic.Uint64
	took    *histogram
	length  time.Duration

	// Set by start.
	began, deadline time.Time
	before          usage
}

// start starts the measurement. The driver calls it when it is ready.
func (r *round) start() {
	r.before = used()
	r.began = time.Now()
	r.deadline = r.began.Add(r.length)
}

// buffer returns a buffer of r.Size bytes whose pages are resident, so that page faults
// do not count.
func (r *round) buffer() []byte { return slices.Repeat([]byte{1}, r.Size) }

// claim returns the object of the next operation and its start time. ok is false after the
// deadline, except for the first operation of the round.
func (r *round) claim() (oid string, began time.Time, ok bool) {
	if began = time.Now(); began.After(r.deadline) && r.claimed.Load() > 0 {
		return "", began, false
	}
	return r.objects[(r.claimed.Add(1)-1)%uint64(len(r.objects))], began, true
}

// record counts a completed operation.
func (r *round) record(began time.Time) { r.took.add(time.Since(began)) }

// asSubject runs a subject until its input ends, if subjectVar is set. It reports whether
// it did.
func asSubject() bool {
	name, _, _ := strings.Cut(os.Getenv(subjectVar), ",")
	i := slices.IndexFunc(subjects, func(c subject) bool { return c.name == name })
	if name == "" || i < 0 {
		return false
	}
	if err := serve(subjects[i].driver, os.Args[1], os.Args[2]); err != nil {
		fmt.Println("failed", err)
		log.Fatal(err)
	}
	return true
}

// serve executes one command a line: kind, size, depth, milliseconds, objects. It replies
// with the number of operations, the ns, the µs of CPU, the quantiles in ns, the numbers
// of context switches and allocations, and the bytes of the Go runtime.
func serve(drive driver, conf, pool string) error {
	conn, err := connect(conf)
	if err != nil {
		return err
	}
	defer conn.Shutdown()
	ioctx, err := conn.OpenIOContext(pool)
	if err != nil {
		return err
	}
	defer ioctx.Destroy()
	fmt.Println("ready")
	took := new(histogram)
	for in := bufio.NewReader(os.Stdin); ; {
		line, err := in.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		r := &round{ioctx: ioctx, took: took}
		var millis int
		if _, err := fmt.Sscan(line, &r.Kind, &r.Size, &r.Depth, &millis, &r.Objects); err != nil {
			return fmt.Errorf("%q: %w", line, err)
		}
		r.length = time.Duration(millis) * time.Millisecond
		for i := range r.Objects {
			r.objects = append(r.objects, r.object(i))
		}
		if err := drive(r); err != nil {
			return fmt.Errorf("%s: %w", r.Case, err)
		}
		elapsed, after := time.Since(r.began), used()
		fmt.Println("ok", took.total(), elapsed.Nanoseconds(), (after.cpu - r.before.cpu).Microseconds(),
			took.quantile(0.5).Nanoseconds(), took.quantile(0.99).Nanoseconds(),
			after.switches-r.before.switches, after.mallocs-r.before.mallocs, after.memory)
		took.reset()
		debug.FreeOSMemory() // the next round must not start with memory of this one
	}
}

func connect(conf string) (*rados.Conn, error) {
	conn, err := rados.NewConnWithUser("admin")
	if err != nil {
		return nil, err
	}
	if err = conn.ReadConfigFile(conf); err == nil {
		err = conn.ParseDefaultConfigEnv()
	}
	if err == nil {
		err = conn.Connect()
	}
	if err != nil {
		conn.Shutdown()
		return nil, err
	}
	return conn, nil
}

// usage is what this process has used since its start.
type usage struct {
	cpu      time.Duration
	switches int64 // voluntary and involuntary, of all threads
	mallocs  uint64
	memory   uint64 // of the Go runtime, resident, in bytes
}

func used() usage {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return usage{time.Duration(u.Utime.Nano() + u.Stime.Nano()), u.Nvcsw + u.Nivcsw, m.Mallocs, m.Sys - m.HeapReleased}
}
