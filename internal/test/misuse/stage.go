package misuse

import (
	"cmp"
	"reflect"
	"strings"
	"sync"
	"syscall"

	"github.com/go-rados/go-rados/rados"
)

// Stage has what the functions are called on: alive, and in each way in which it can be
// of no more use.
type Stage struct {
	// Connect makes a connected Conn, to a cluster that has the pools and objects that
	// ordinary calls are about.
	Connect func() *rados.Conn
	// Notify has the Watcher of object Watched receive a notification.
	Notify func(*rados.IOContext, *rados.Watcher) rados.NotifyEvent

	mu    sync.Mutex
	conn  *rados.Conn
	ended map[reflect.Type][]Arg // they stay as they are
}

// Conn is a Conn that is in use. Another one is made if somebody has shut it down.
func (s *Stage) Conn() *rados.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn.GetInstanceID() == 0 {
		s.conn = s.Connect()
	}
	return s.conn
}

// Close ends the Stage.
func (s *Stage) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn.Shutdown()
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// on is what a thing is made from.
type on struct {
	stage *Stage
	conn  *rados.Conn
	ioctx *rados.IOContext
}

// open connects by connect and opens a pool.
func (s *Stage) open(connect func() *rados.Conn, pool string) on {
	conn := connect()
	return on{s, conn, must(conn.OpenIOContext(pool))}
}

// pool is the one that a function is called on.
func (f Function) pool() string {
	if strings.Contains(f.Name, "SelfManagedSnap") {
		return SnapsPool
	}
	return Pool
}

// ends are the ways in which all ends that is made from an IOContext.
var ends = []struct {
	label string
	end   func(on)
	err   error
}{
	{"Destroy", func(o on) { o.ioctx.Destroy() }, rados.ErrInvalidIOContext},
	{"Shutdown", func(o on) { o.conn.Shutdown() }, rados.ErrNotConnected},
	{"Destroy and Shutdown", func(o on) { o.ioctx.Destroy(); o.conn.Shutdown() }, rados.ErrInvalidIOContext},
}

// kind is a type of package rados that has an end.
type kind struct {
	live func(on) (v any, end func())
	// missing is the error of a nil one, and of a zero one, nil if that is as good as
	// any other.
	missing, zero error
	// closed is the error of one whose end has come.
	closed error
	// gone is the error of one whose IOContext or Conn has ended, if it is not the error of those.
	gone error
	// apart is for what goes on when its IOContext and Conn end.
	apart bool
	// early makes one that is not ready yet, whose error is that of a zero one.
	early func() any
}

var kinds = map[reflect.Type]kind{
	reflect.TypeFor[*rados.Conn](): {
		live:    func(o on) (any, func()) { return o.conn, o.conn.Shutdown },
		missing: rados.ErrNotConnected, zero: rados.ErrNotConnected, closed: rados.ErrNotConnected,
		apart: true,
	},
	reflect.TypeFor[*rados.IOContext](): {
		live:    func(o on) (any, func()) { return o.ioctx, func() {} },
		missing: rados.ErrInvalidIOContext, zero: rados.ErrInvalidIOContext,
	},
	reflect.TypeFor[*rados.Iter](): {
		live: func(o on) (any, func()) {
			iter := must(o.ioctx.Iter())
			return iter, iter.Close
		},
		missing: rados.ErrIterClosed, zero: rados.ErrIterClosed, closed: rados.ErrIterClosed,
	},
	reflect.TypeFor[*rados.IterCursor](): {
		live: func(o on) (any, func()) {
			iter := must(o.ioctx.Iter())
			return must(iter.Cursor()), iter.Close
		},
		missing: syscall.EINVAL, zero: syscall.EINVAL,
	},
	reflect.TypeFor[*rados.Watcher](): {
		live: func(o on) (any, func()) {
			w := must(o.ioctx.Watch(Watched))
			return w, func() { w.Delete() }
		},
		missing: rados.ErrWatcherClosed, zero: rados.ErrWatcherClosed, closed: rados.ErrWatcherClosed,
	},
	reflect.TypeFor[*rados.LogMonitor](): {
		live: func(o on) (any, func()) {
			m := must(o.conn.MonitorLog("error", func(rados.LogEntry) {}))
			return m, m.Stop
		},
		missing: rados.ErrNotConnected, zero: rados.ErrNotConnected, closed: rados.ErrNotConnected,
	},
	reflect.TypeFor[*rados.NotifyEvent](): {
		live: func(o on) (any, func()) {
			w := must(o.ioctx.Watch(Watched))
			e := o.stage.Notify(o.ioctx, w)
			return &e, func() { w.Delete() }
		},
		missing: rados.ErrInvalidIOContext, zero: rados.ErrInvalidIOContext,
		closed: rados.ErrWatcherClosed, gone: rados.ErrWatcherClosed,
	},
	reflect.TypeFor[*rados.ReadOp](): {
		live: func(on) (any, func()) {
			op := rados.CreateReadOp()
			return op, op.Release
		},
		missing: rados.ErrOperationReleased, closed: rados.ErrOperationReleased, apart: true,
	},
	reflect.TypeFor[*rados.WriteOp](): {
		live: func(on) (any, func()) {
			op := rados.CreateWriteOp()
			return op, op.Release
		},
		missing: rados.ErrOperationReleased, closed: rados.ErrOperationReleased, apart: true,
	},
	reflect.TypeFor[*rados.GetOmapStep](): step(func(op *rados.ReadOp) any { return op.GetOmapValues("", "", 10) }),
	reflect.TypeFor[*rados.ReadOpChecksumStep](): step(func(op *rados.ReadOp) any {
		return op.Checksum(rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{})
	}),
	reflect.TypeFor[*rados.ReadOpExecStep]():      step(func(op *rados.ReadOp) any { return op.Exec("hello", "say_hello", nil) }),
	reflect.TypeFor[*rados.ReadOpGetXattrsStep](): step(func(op *rados.ReadOp) any { return op.GetXattrs() }),
	reflect.TypeFor[*rados.ReadOpOmapGetValsByKeysStep](): step(func(op *rados.ReadOp) any {
		return op.GetOmapValuesByKeys([]string{"text"})
	}),
	reflect.TypeFor[*rados.ReadOpOmapKeysStep](): step(func(op *rados.ReadOp) any { return op.GetOmapKeys("", 10) }),
	reflect.TypeFor[*rados.ReadOpStatStep]():     step(func(op *rados.ReadOp) any { return op.Stat() }),
}

// step is what came of a step of an operation.
func step(add func(*rados.ReadOp) any) kind {
	return kind{
		live: func(o on) (any, func()) {
			op := rados.CreateReadOp()
			s := add(op)
			if err := op.Operate(o.ioctx, Object, rados.OperationNoFlag); err != nil {
				panic(err)
			}
			return s, func() {}
		},
		missing: rados.ErrOperationIncomplete, zero: rados.ErrOperationIncomplete, apart: true,
		early: func() any { return add(rados.CreateReadOp()) },
	}
}

// Known reports whether the Stage knows how something of type t, which has methods, comes
// to its end. An error has none.
func Known(t reflect.Type) bool {
	_, ok := kinds[t]
	return ok || t.Implements(reflect.TypeFor[error]())
}

// states are the ways in which the Stage has something of type t, the live one first.
// There are none of a type without an end. They are of that pool, as far as it matters.
func (s *Stage) states(t reflect.Type, pool string) []source {
	k, ok := kinds[t]
	if !ok {
		return nil
	}
	list := []source{func() Arg {
		o := s.open(s.Conn, pool)
		v, end := k.live(o)
		if v == any(o.conn) {
			end = func() {} // it is that of all
		}
		return Arg{Label: "open", Value: reflect.ValueOf(v), end: func() { end(); o.ioctx.Destroy() }}
	}}
	if t == reflect.TypeFor[*rados.Conn]() {
		list = append(list, func() Arg {
			conn := must(rados.NewConn())
			return Arg{Label: "before Connect", Value: reflect.ValueOf(conn), end: conn.Shutdown}
		})
	}
	if k.zero == nil {
		list = append(list, func() Arg { return Arg{Label: "zero", Value: reflect.New(t.Elem())} })
	}
	for _, ended := range s.endedOf(t, k) {
		list = append(list, func() Arg { return ended })
	}
	return list
}

// endedOf are things of type t of no more use.
func (s *Stage) endedOf(t reflect.Type, k kind) []Arg {
	s.mu.Lock()
	defer s.mu.Unlock()
	if list, ok := s.ended[t]; ok {
		return list
	}
	list := []Arg{{Label: "nil", Value: reflect.Zero(t), Ended: k.missing}}
	if k.zero != nil {
		list = append(list, Arg{Label: "zero", Value: reflect.New(t.Elem()), Ended: k.zero})
	}
	make := func(label string, end func(o on, close func()), err error) {
		o := s.open(s.Connect, Pool)
		v, close := k.live(o)
		end(o, close)
		o.conn.Shutdown() // later than anything
		list = append(list, Arg{Label: label, Value: reflect.ValueOf(v), Ended: err})
	}
	if k.closed != nil {
		make("closed", func(_ on, close func()) { close() }, k.closed)
	}
	for _, e := range ends {
		if !k.apart {
			make(e.label, func(o on, _ func()) { e.end(o) }, cmp.Or(k.gone, e.err))
		}
	}
	if k.early != nil {
		list = append(list, Arg{Label: "early", Value: reflect.ValueOf(k.early()), Ended: k.zero})
	}
	if s.ended == nil {
		s.ended = map[reflect.Type][]Arg{}
	}
	s.ended[t] = list
	return list
}
