package rados_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/go-rados/go-rados/rados"
)

// NewConn makes a connection of client.admin, as go-ceph does. Open is shorter.
func ExampleNewConn() {
	conn, err := rados.NewConn()
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Shutdown()
	if err := conn.ReadConfigFile(exampleConf()); err != nil { // or ReadDefaultConfigFile
		log.Fatal(err)
	}
	if err := conn.Connect(); err != nil {
		log.Fatal(err)
	}
	fmt.Println("connected")
	// Output: connected
}

func ExampleNewConnWithUser() {
	conn, err := rados.NewConnWithUser("backup") // client.backup
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Shutdown()
	keyring, err := conn.GetConfigOption("keyring") // the files where its key may be
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("those of the user:", strings.Contains(keyring, "client.backup.keyring"))
	// Output: those of the user: true
}

func ExampleConn_ReadConfigFile() {
	conn, err := rados.NewConn()
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Shutdown()

	err = conn.ReadConfigFile("/nonexistent/ceph.conf")
	fmt.Println("not found:", errors.Is(err, rados.ErrNotFound))
	if err := conn.ReadConfigFile(exampleConf()); err != nil {
		log.Fatal(err)
	}
	monHost, err := conn.GetConfigOption("mon_host")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("monitors are configured:", monHost != "")
	// Output:
	// not found: true
	// monitors are configured: true
}

func ExampleConn_SetConfigOption() {
	conn, err := rados.NewConn()
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Shutdown()

	// Operations that no OSD answers return ETIMEDOUT after 30 seconds.
	if err := conn.SetConfigOption("rados_osd_op_timeout", "30"); err != nil {
		log.Fatal(err)
	}
	err = conn.SetConfigOption("no_such_option", "30")
	fmt.Println("not found:", errors.Is(err, rados.ErrNotFound))
	// Output: not found: true
}

func ExampleConn_GetConfigOption() {
	conn, err := rados.NewConn()
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Shutdown()

	value, err := conn.GetConfigOption("objecter_inflight_ops") // its default
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(value)
	// Output: 1024
}

func ExampleConn_Connect() {
	conn, err := rados.NewConn()
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Shutdown()
	if err := conn.ReadConfigFile(exampleConf()); err != nil {
		log.Fatal(err)
	}

	_, err = conn.ListPools()
	fmt.Println("not connected:", errors.Is(err, rados.ErrNotConnected))
	if err := conn.Connect(); err != nil {
		log.Fatal(err)
	}
	_, err = conn.ListPools()
	fmt.Println(err)
	// Output:
	// not connected: true
	// <nil>
}

func ExampleConn_OpenIOContext() {
	conn, shutdown := exampleConn()
	defer shutdown()

	_, err := conn.OpenIOContext("no such pool")
	fmt.Println("not found:", errors.Is(err, rados.ErrNotFound))

	if err := conn.MakePool("shared"); err != nil && !errors.Is(err, rados.ErrObjectExists) {
		log.Fatal(err)
	}
	ioctx, err := conn.OpenIOContext("shared")
	if err != nil {
		log.Fatal(err)
	}
	defer ioctx.Destroy()
	name, err := ioctx.GetPoolName()
	fmt.Println(name, err)
	// Output:
	// not found: true
	// shared <nil>
}

func ExampleConn_ListPools() {
	conn, shutdown := exampleConn()
	defer shutdown()
	if err := conn.MakePool("shared"); err != nil && !errors.Is(err, rados.ErrObjectExists) {
		log.Fatal(err)
	}

	pools, err := conn.ListPools()
	if err != nil {
		log.Fatal(err)
	}
	for _, pool := range pools {
		if pool == "shared" {
			fmt.Println(pool)
		}
	}
	// Output: shared
}

func ExampleConn_DeletePool() {
	conn, shutdown := exampleConn()
	defer shutdown()
	name := fmt.Sprintf("example-delete-%d", os.Getpid())
	if err := conn.MakePool(name); err != nil {
		log.Fatal(err)
	}

	// The monitors permit it if mon_allow_pool_delete is set.
	if err := conn.DeletePool(name); err != nil {
		log.Fatal(err)
	}
	pools, err := conn.ListPools()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listed:", slices.Contains(pools, name))
	// Output: listed: false
}

func ExampleConn_GetPoolByName() {
	conn, shutdown := exampleConn()
	defer shutdown()
	if err := conn.MakePool("shared"); err != nil && !errors.Is(err, rados.ErrObjectExists) {
		log.Fatal(err)
	}

	id, err := conn.GetPoolByName("shared")
	if err != nil {
		log.Fatal(err)
	}
	name, err := conn.GetPoolByID(id)
	fmt.Println(name, err)
	// Output: shared <nil>
}

func ExampleConn_GetClusterStats() {
	conn, shutdown := exampleConn()
	defer shutdown()

	stat, err := conn.GetClusterStats()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("used less than the capacity:", stat.Kb_used <= stat.Kb)
	// Output: used less than the capacity: true
}

func ExampleConn_GetFSID() {
	conn, shutdown := exampleConn()
	defer shutdown()

	fsid, err := conn.GetFSID()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(fsid), "characters")
	// Output: 36 characters
}

// At most 100 calls of the connection and 64 MiB of their data are in flight.
// Others wait for them.
func ExampleConn_SetMaxInFlight() {
	conn, shutdown := exampleConn()
	defer shutdown()

	if err := conn.SetMaxInFlight(100, 64<<20); err != nil {
		log.Fatal(err)
	}
	stats := conn.Stats()
	fmt.Println(stats.MaxCalls, "calls,", stats.MaxBytes>>20, "MiB")
	// Output: 100 calls, 64 MiB
}

func ExampleConn_Stats() {
	conn, shutdown := exampleConn()
	defer shutdown()

	stats := conn.Stats()
	fmt.Println(stats.Calls, "calls in flight,", stats.WaitingCalls, "waiting,", stats.Watchers, "watches")
	// Output: 0 calls in flight, 0 waiting, 0 watches
}

// counter counts the calls that have failed.
type counter struct{ failed atomic.Int64 }

func (c *counter) TraceStart(ctx context.Context, _ rados.TracedCall) context.Context { return ctx }

func (c *counter) TraceEnd(_ context.Context, call rados.TracedCall, result rados.TracedResult) {
	if result.Err != nil {
		c.failed.Add(1)
		fmt.Println(call.Op, call.Object)
	}
}

// The type counter has the methods TraceStart and TraceEnd; TraceEnd prints the
// calls that have failed.
func ExampleConn_SetTracer() {
	conn, shutdown := exampleConn()
	defer shutdown()
	if err := conn.MakePool("shared"); err != nil && !errors.Is(err, rados.ErrObjectExists) {
		log.Fatal(err)
	}
	ioctx, err := conn.OpenIOContext("shared")
	if err != nil {
		log.Fatal(err)
	}
	defer ioctx.Destroy()

	var c counter
	conn.SetTracer(&c)
	_, _ = ioctx.Stat("no such object")
	fmt.Println(c.failed.Load(), "failed")
	// Output:
	// Stat no such object
	// 1 failed
}

// The log of librados as lines of a slog.Logger instead of text on the standard
// error. The field Logger of Config does the same.
func ExampleConn_SetLogger() {
	conn, err := rados.NewConn()
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Shutdown()

	fmt.Println(conn.SetLogger(slog.Default().With("component", "librados")))
	// Output: <nil>
}
