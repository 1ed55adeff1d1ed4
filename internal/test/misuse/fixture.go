package misuse

import (
	"cmp"
	"reflect"
	"strings"
	"sync"
	"syscall"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/striper"
)

// Fixture provides the arguments of calls: usable ones, and unusable ones in every state.
type Fixture struct {
	// Connect returns a connected Conn. Its cluster has the pools and objects that
	// ordinary calls use.
	Connect func() *rados.Conn
	// Notify sends a notification to the Watcher of object Watched.
	Notify func(*rados.IOContext, *rados.Watcher) rados.NotifyEvent

	mu    sync.Mutex
	conn  *rados.Conn
	ended map[reflect.Type][]Arg // shared by all calls
}

// MakeObjects makes the pools and objects that ordinary calls use, on a cluster without them.
func MakeObjects(conn *rados.Conn) error {
	for _, pool := range []string{Pool, SnapsPool} {
		if err := conn.MakePool(pool); err != nil {
			return err
		}
		ioctx, err := conn.OpenIOContext(pool)
		if err != nil {
			return err
		}
		defer ioctx.Destroy()
		w := rados.CreateWriteOp()
		w.WriteFull([]byte("data"))
		w.SetXattr("name", []byte("100"))
		w.SetOmap(map[string][]byte{"text": []byte("data")})
		if err := w.Operate(ioctx, Object, rados.OperationNoFlag); err != nil {
			return err
		}
		if err := ioctx.WriteFull(Watched, nil); err != nil {
			return err
		}
	}
	return nil
}

// OnCluster returns a Fixture for a cluster whose OSDs answer, with the objects of MakeObjects.
func OnCluster(connect func() *rados.Conn) *Fixture {
	return &Fixture{
		Connect: connect,
		Notify: func(ioctx *rados.IOContext, w *rados.Watcher) rados.NotifyEvent {
			go ioctx.Notify(Watched, []byte("data"))
			return <-w.Events()
		},
	}
}

// Conn returns a usable Conn. It connects again if a call has shut the last one down.
func (s *Fixture) Conn() *rados.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn.GetInstanceID() == 0 {
		s.conn = s.Connect()
	}
	return s.conn
}

// Close frees the Fixture.
func (s *Fixture) Close() {
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

// on holds the parents of a value.
type on struct {
	stage *Fixture
	conn  *rados.Conn
	ioctx *rados.IOContext
}

// open connects with connect and opens a pool.
func (s *Fixture) open(connect func() *rados.Conn, pool string) on {
	conn := connect()
	return on{s, conn, must(conn.OpenIOContext(pool))}
}

// pool returns the pool that a function is called on.
func (f Function) pool() string {
	if strings.Contains(f.Name, "SelfManagedSnap") {
		return SnapsPool
	}
	return Pool
}

// ends lists the ways to end the children of an IOContext.
var ends = []struct {
	label string
	end   func(on)
	err   error
}{
	{"Destroy", func(o on) { o.ioctx.Destroy() }, rados.ErrInvalidIOContext},
	{"Shutdown", func(o on) { o.conn.Shutdown() }, rados.ErrNotConnected},
	{"Destroy and Shutdown", func(o on) { o.ioctx.Destroy(); o.conn.Shutdown() }, rados.ErrInvalidIOContext},
}

// kind describes a type that has an end.
type kind struct {
	live func(on) (v any, end func())
	// missing is the error of a nil or zero value, or nil if such a value is usable.
	missing, zero error
	// closed is the error of a closed value.
	closed error
	// gone is the error of a value whose IOContext or Conn is closed, if it differs from
	// theirs.
	gone error
	// apart marks a type that remains usable after its IOContext and Conn are closed.
	apart bool
	// early returns a value that is not ready yet. Its error is that of a zero value.
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
	reflect.TypeFor[rados.Tasks](): {
		live:    func(o on) (any, func()) { return o.ioctx.Tasks(), func() {} },
		missing: rados.ErrInvalidIOContext,
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
	reflect.TypeFor[*striper.Striper](): {
		live: func(o on) (any, func()) {
			s := must(striper.New(o.ioctx))
			return s, s.Destroy
		},
		missing: striper.ErrInvalidStriper, zero: striper.ErrInvalidStriper, closed: striper.ErrInvalidStriper,
	},
	reflect.TypeFor[striper.Tasks](): {
		live: func(o on) (any, func()) {
			s := must(striper.New(o.ioctx))
			return s.Tasks(), s.Destroy
		},
		missing: striper.ErrInvalidStriper, closed: striper.ErrInvalidStriper,
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

// step describes the result of a step of an operation.
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

// Known reports whether the Fixture knows how a value of type t is closed. An error, a Config and a number
// with a name are never closed.
func Known(t reflect.Type) bool {
	_, ok := kinds[t]
	return ok || t.Implements(reflect.TypeFor[error]()) || t == reflect.TypeFor[rados.Config]() || reflect.Zero(t).CanInt() || reflect.Zero(t).CanUint()
}

// states returns the values of type t in all states, the usable one first, or nil if the
// type has no end. They belong to the given pool if they belong to any.
func (s *Fixture) states(t reflect.Type, pool string) []source {
	k, ok := kinds[t]
	if !ok {
		return nil
	}
	list := []source{func() Arg {
		o := s.open(s.Conn, pool)
		v, end := k.live(o)
		if v == any(o.conn) {
			end = func() {} // shared by all calls
		}
		return Arg{Label: "open", Value: reflect.ValueOf(v), end: func() { end(); o.ioctx.Destroy() }}
	}}
	if t == reflect.TypeFor[*rados.Conn]() {
		list = append(list, func() Arg {
			conn := must(rados.NewConn())
			return Arg{Label: "before Connect", Value: reflect.ValueOf(conn), end: conn.Shutdown}
		})
	}
	if k.zero == nil && t.Kind() == reflect.Pointer {
		list = append(list, func() Arg { return Arg{Label: "zero", Value: reflect.New(t.Elem())} })
	}
	for _, ended := range s.endedOf(t, k) {
		list = append(list, func() Arg { return ended })
	}
	return list
}

// endedOf returns unusable values of type t.
func (s *Fixture) endedOf(t reflect.Type, k kind) []Arg {
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
		o.conn.Shutdown() // after everything else
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
