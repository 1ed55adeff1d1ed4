// Package demo has what the example programs do alike.
package demo

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"os/signal"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// Main calls run with the arguments of the program, and exits with status 2 if run
// printed help, or 1 if it failed. The first of the signals cancels the context of
// run; a second one ends the program.
func Main(name string, run func(ctx context.Context, args []string) error, signals ...os.Signal) {
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:])
	switch {
	case err == nil:
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	default:
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// Connect connects to the cluster of the environment. An operation on an object fails if no
// OSD answers within timeout.
func Connect(ctx context.Context, timeout time.Duration) (*rados.Conn, error) {
	return rados.Open(ctx, rados.Config{
		Options: map[string]string{"rados_osd_op_timeout": fmt.Sprint(math.Ceil(timeout.Seconds()))},
	})
}

// OpenPool opens a namespace of a pool.
func OpenPool(conn *rados.Conn, pool, namespace string) (*rados.IOContext, error) {
	ioctx, err := conn.OpenIOContext(pool)
	if errors.Is(err, rados.ErrNotFound) {
		return nil, fmt.Errorf("there is no pool %s; `ceph osd pool create %s` makes one", pool, pool)
	}
	if err != nil {
		return nil, fmt.Errorf("open pool %s: %w", pool, err)
	}
	ioctx.SetNamespace(namespace)
	return ioctx, nil
}

// MakePool makes a pool for a demonstration of the program, and returns its name
// and a function that deletes it.
func MakePool(conn *rados.Conn, program string) (pool string, remove func(), err error) {
	pool = fmt.Sprintf("%s-demo-%d", program, os.Getpid())
	if err := conn.MakePool(pool); err != nil {
		return "", nil, fmt.Errorf("make pool %s: %w", pool, err)
	}
	return pool, func() { conn.DeletePool(pool) }, nil
}
