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
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// contenderVar names the contender that this process is to be.
const contenderVar = "BENCH_CONTENDER"

// A driver keeps operations in flight for a round. It gets ready, calls start, and then
// claim and record for each operation, from as many goroutines as it likes; it returns
// when all that it has begun have ended.
type driver func(*round) error

// round is what a driver is to do, and what it has done.
type round struct {
	Case
	ioctx *rados.IOContext

	objects []string
	claimed atomic.Uint64
	took    *histogram
	length  time.Duration

	// Since start.
	began, deadline time.Time
	cpu             time.Duration
	mallocs         uint64
}

// start says that the driver is ready.
func (r *round) start() {
	r.mallocs = mallocs()
	r.cpu = cpuTime()
	r.began = time.Now()
	r.deadline = r.began.Add(r.length)
}

// buffer makes one that is in memory already: to bring it there is no work of librados.
func (r *round) buffer() []byte { return slices.Repeat([]byte{1}, r.Size) }

// claim is the object of the next operation, and when that begins. It is not ok once time
// is up, which it is for none before one has begun.
func (r *round) claim() (oid string, began time.Time, ok bool) {
	if began = time.Now(); began.After(r.deadline) && r.claimed.Load() > 0 {
		return "", began, false
	}
	return r.objects[(r.claimed.Add(1)-1)%uint64(len(r.objects))], began, true
}

// record notes an operation that has ended.
func (r *round) record(began time.Time) { r.took.add(time.Since(began)) }

// asContender makes the process a contender, if it is to be one, until its input ends.
func asContender() bool {
	name := os.Getenv(contenderVar)
	i := slices.IndexFunc(contenders, func(c contender) bool { return c.name == name })
	if name == "" || i < 0 {
		return false
	}
	if err := serve(contenders[i].driver, os.Args[1], os.Args[2]); err != nil {
		fmt.Println("failed", err)
		log.Fatal(err)
	}
	return true
}

// serve obeys one command a line: kind, size, depth, milliseconds, objects. It answers
// with the operations, ns, µs of CPU, ns of the quantiles, and allocations.
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
		elapsed, cpu, made := time.Since(r.began), cpuTime()-r.cpu, mallocs()-r.mallocs
		fmt.Println("ok", took.total(), elapsed.Nanoseconds(), cpu.Microseconds(),
			took.quantile(0.5).Nanoseconds(), took.quantile(0.99).Nanoseconds(), made)
		took.reset()
		debug.FreeOSMemory() // so that the next round's memory is its own
	}
}

func connect(conf string) (*rados.Conn, error) {
	conn, err := rados.NewConnWithUser("admin")
	if err != nil {
		return nil, err
	}
	if err = conn.ReadConfigFile(conf); err == nil {
		err = conn.Connect()
	}
	if err != nil {
		conn.Shutdown()
		return nil, err
	}
	return conn, nil
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}
