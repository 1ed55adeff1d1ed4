package misuse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// Cut is the rest of a hostile text if C ends it at its NUL byte. No other text equals it.
const Cut = "\x01cut"

// The pools and objects of ordinary calls.
const (
	Pool      = "pool"
	SnapsPool = "snaps" // whose snapshots are self-managed
	Object    = "object"
	Watched   = "watched"
)

// byName holds the ordinary arguments by the name of the parameter, with the name of the
// function as a prefix if it is for one function, and its form with a context, only.
var byName = map[string]any{
	"address":      "127.0.0.9:0/9",
	"app":          "app",
	"clusterName":  "ceph",
	"cls":          "hello",
	"method":       "say_hello",
	"level":        "info",
	"name":         "name",
	"namespace":    "",
	"obj":          Object,
	"object":       Object,
	"oid":          Object,
	"option":       "log_max_recent",
	"pgid":         []byte("1.0"),
	"pool":         Pool,
	"poolID":       int64(1),
	"id":           int64(1),
	"snapID":       rados.SnapID(1),
	"snaps":        []rados.SnapID{},
	"size":         uint64(100),
	"soid":         Object,
	"startAfter":   "",
	"filterPrefix": "",
	"maxReturn":    10,
	"n":            uint64(0),
	"m":            uint64(1),
	"offset":       uint64(0),
	"workers":      2,
	"writeLen":     uint64(8),
	"duration":     time.Minute,
	"expire":       time.Second,
	"timeout":      time.Second,
	"user":         "admin",
	"userName":     "client.admin",
	"args":         [][]byte{[]byte(`{"prefix":"version"}`)},
	"argv":         []string{"program", "--log_max_recent=100"},
	"end":          "z",
	"value":        "100",
	"op":           rados.CompareEQ,
	"kind":         rados.ChecksumTypeCRC32C,

	"Conn.DeletePool.name":                      "made",
	"Conn.GetConfigOption.name":                 "log_max_recent",
	"Conn.GetPoolByName.name":                   Pool,
	"Conn.MakePool.name":                        "made",
	"Conn.MakePoolWithCrushRule.name":           "made",
	"Conn.MonCommand.args":                      []byte(`{"prefix":"version"}`),
	"Conn.MonCommandWithInputBuffer.args":       []byte(`{"prefix":"version"}`),
	"Conn.MonCommandTarget.name":                "a",
	"Conn.MonCommandTargetWithInputBuffer.name": "a",
	"Conn.MgrCommandTarget.name":                "x",
	"Conn.MgrCommandTargetWithInputBuffer.name": "x",
	"Conn.ParseCmdLineArgs.args":                []string{"--log_max_recent=100"},
	"Conn.PingMonitor.id":                       "a",
	"IOContext.BreakLock.client":                "client.1",
	"IOContext.RevokeLock.client":               "client.1",
}

// ordinaryValue returns the ordinary argument of a parameter.
func ordinaryValue(function, param string, t reflect.Type) reflect.Value {
	for _, name := range []string{strings.TrimSuffix(function, "Context") + "." + param, param} {
		if v := reflect.ValueOf(byName[name]); v.IsValid() && fits(v, t) {
			return v.Convert(t)
		}
	}
	return plain(t)
}

// fits reports whether v is assignable to type t, or both are numbers.
func fits(v reflect.Value, t reflect.Type) bool {
	if v.CanInt() || v.CanUint() {
		return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64
	}
	return v.CanConvert(t) && v.Kind() == t.Kind()
}

// plain returns an ordinary value of a type.
func plain(t reflect.Type) reflect.Value {
	switch v := reflect.New(t).Elem(); {
	case t == reflect.TypeFor[context.Context]():
		return reflect.ValueOf(context.Background())
	case t == reflect.TypeFor[error]():
		return reflect.ValueOf(io.EOF)
	case t == reflect.TypeFor[*slog.Logger]():
		return reflect.ValueOf(slog.New(slog.DiscardHandler))
	case t.Kind() == reflect.Func:
		return function(t, func() {})
	case t.Kind() == reflect.String:
		return reflect.ValueOf("text").Convert(t)
	case t == reflect.TypeFor[[]byte]():
		return reflect.ValueOf([]byte("data"))
	case t.Kind() == reflect.Slice:
		return reflect.Append(v, plain(t.Elem()))
	case t.Kind() == reflect.Map:
		return mapOf(t, plain(t.Key()), plain(t.Elem()))
	default:
		return v
	}
}

// hostileValues returns the invalid values of a type.
func hostileValues(t reflect.Type) (list []reflect.Value) {
	add := func(values ...any) {
		for _, v := range values {
			list = append(list, reflect.ValueOf(v).Convert(t))
		}
	}
	switch {
	case t == reflect.TypeFor[context.Context]():
		return append(interfaces(t, ended()...), reflect.Zero(t))
	case t == reflect.TypeFor[error]():
		return append(interfaces(t, errs()...), reflect.Zero(t))
	}
	switch t.Kind() {
	case reflect.Bool:
		add(true, false)
	case reflect.String:
		add("", Cut+"\x00short", "\x00", "\xff\xfe\xc0\x80", "a/../b\n\"'%s", strings.Repeat("long", 1500), "\u202eé☃")
	case reflect.Int, reflect.Int64:
		add(0, 1, -1, math.MinInt, math.MaxInt, math.MaxInt32, 1<<40)
	case reflect.Int32:
		add(0, 1, -1, math.MinInt32, math.MaxInt32)
	case reflect.Uint8:
		add(0, 1, math.MaxUint8)
	case reflect.Uint, reflect.Uint64:
		add(0, 1, 1<<40, math.MaxInt64, uint64(math.MaxUint64))
	case reflect.Uint32:
		add(0, 1, math.MaxUint32)
	case reflect.Slice:
		list = append(list, reflect.Zero(t), reflect.MakeSlice(t, 0, 0), many(t))
		list = append(list, slicesOf(t)...)
	case reflect.Map:
		list = append(list, reflect.Zero(t), reflect.MakeMap(t), manyOf(t))
		for _, key := range hostileValues(t.Key()) {
			list = append(list, mapOf(t, key, plain(t.Elem())))
		}
		for _, value := range hostileValues(t.Elem()) {
			list = append(list, mapOf(t, plain(t.Key()), value))
		}
	case reflect.Struct:
		list = append(list, structsOf(t)...)
	case reflect.Pointer:
		list = append(list, reflect.Zero(t), reflect.New(t.Elem()))
		if t.Elem().Kind() != reflect.Struct {
			for _, v := range hostileValues(t.Elem()) {
				p := reflect.New(t.Elem())
				p.Elem().Set(v)
				list = append(list, p)
			}
		}
	default:
		list = append(list, reflect.Zero(t))
	}
	return list
}

// More items than the C code has memory for on its stack.
const manyItems = 40

// many returns a slice of ordinary items.
func many(t reflect.Type) reflect.Value {
	list := reflect.Zero(t)
	for range manyItems {
		list = reflect.Append(list, plain(t.Elem()))
	}
	return list
}

// manyOf returns a map of ordinary values.
func manyOf(t reflect.Type) reflect.Value {
	m := reflect.MakeMap(t)
	for i := range manyItems {
		key := plain(t.Key())
		if t.Key().Kind() == reflect.String {
			key = reflect.ValueOf(fmt.Sprint("key", i)).Convert(t.Key())
		}
		m.SetMapIndex(key, plain(t.Elem()))
	}
	return m
}

// slicesOf returns slices with one hostile item each, and one with all of them.
func slicesOf(t reflect.Type) (list []reflect.Value) {
	if t.Elem().Kind() == reflect.Uint8 {
		for _, text := range hostileValues(reflect.TypeFor[string]()) {
			list = append(list, text.Convert(t))
		}
		return list
	}
	all := reflect.Zero(t)
	for _, item := range hostileValues(t.Elem()) {
		list = append(list, reflect.Append(reflect.Zero(t), item))
		all = reflect.Append(all, item)
	}
	return append(list, all)
}

func mapOf(t reflect.Type, key, value reflect.Value) reflect.Value {
	m := reflect.MakeMap(t)
	m.SetMapIndex(key, value)
	return m
}

// structsOf returns a zero struct, and structs with one hostile field each.
func structsOf(t reflect.Type) (list []reflect.Value) {
	list = append(list, reflect.Zero(t))
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			continue
		}
		for _, v := range hostileValues(t.Field(i).Type) {
			s := reflect.New(t).Elem()
			s.Field(i).Set(v)
			list = append(list, s)
		}
	}
	return list
}

// ended returns contexts that are done before a call, and during it.
func ended() []any {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	expired, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	cancel()
	return []any{cancelled, expired}
}

// errs returns unusual errors.
func errs() []any {
	return []any{
		rados.ErrNotFound, errors.Join(), errors.Join(io.EOF, rados.ErrNotFound), &rados.ObjectError{}, (*rados.ObjectError)(nil),
		rados.OperationError{}, rados.OperationError{StepErrors: map[int]error{-1: nil}}, &rados.MissingFunctionError{},
	}
}

func interfaces(t reflect.Type, values ...any) (list []reflect.Value) {
	for _, v := range values {
		if v == nil {
			continue
		}
		i := reflect.New(t).Elem()
		i.Set(reflect.ValueOf(v))
		list = append(list, i)
	}
	return list
}

// function returns a function that calls f and returns zeros.
func function(t reflect.Type, f func()) reflect.Value {
	return reflect.MakeFunc(t, func([]reflect.Value) (results []reflect.Value) {
		f()
		for i := range t.NumOut() {
			results = append(results, reflect.Zero(t.Out(i)))
		}
		return results
	})
}
