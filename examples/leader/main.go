// Command leader has several processes agree on one of them that leads, and another take
// over when it ends. It shows package radoslock.
//
//	leader -pool mypool -name alice &
//	leader -pool mypool -name bob &
//	kill -INT %1     # bob leads immediately, since alice notifies him
//	kill -KILL %2    # the remaining candidate leads within -ttl
//
// The cluster is that of $CEPH_CONF or /etc/ceph/ceph.conf. To see two of them in one
// process, on a throw-away cluster:
//
//	go run ./rados/radostest/cluster run -- go run ./examples/leader -demo
//
// # How it works
//
// The leader holds an exclusive lock on an object, which package radoslock renews. The lock
// expires after four fifths of -ttl, so that another candidate can lead if the leader has
// crashed. A leader that ends releases the lock, and the other candidates are notified.
//
// A leader that cannot renew the lock, because it or the OSD is cut off, stops leading before
// the lock expires. But no clock helps against a pause, by SIGSTOP or a hypervisor, in the
// middle of an action that only the leader may perform. If that matters, let the leader write to
// the locked object, with radoslock.Lease.AssertLocked: such a write fails if the lock is lost.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/examples/internal/demo"
	"github.com/go-rados/go-rados/rados"
)

func main() {
	demo.Main("leader", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdout, os.Stderr)
	}, os.Interrupt, syscall.SIGTERM)
}

type options struct {
	pool, namespace, object, name string
	ttl                           time.Duration
	demo                          bool
}

func parse(args []string, status io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("leader", flag.ContinueOnError)
	flags.SetOutput(status)
	host, _ := os.Hostname()
	flags.StringVar(&o.pool, "pool", "leader", "the pool; it must exist")
	flags.StringVar(&o.namespace, "namespace", "", "the namespace in it")
	flags.StringVar(&o.object, "object", "leader", "the object that is locked: all with the same object elect one leader")
	flags.StringVar(&o.name, "name", fmt.Sprintf("%s-%d", host, os.Getpid()), "this candidate's name, which nobody else may have")
	flags.DurationVar(&o.ttl, "ttl", 10*time.Second, "how long after its last sign of life a leader is replaced, at the latest")
	flags.BoolVar(&o.demo, "demo", false, "have two candidates succeed each other, in a pool of their own")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("%q is too much; it takes options only", flags.Args())
	case o.ttl < time.Second:
		return o, fmt.Errorf("-ttl %v: it takes a second at least", o.ttl)
	}
	return o, nil
}

func run(ctx context.Context, args []string, out, status io.Writer) error {
	o, err := parse(args, status)
	if err != nil {
		return err
	}
	if o.demo {
		return show(ctx, o, out, status)
	}
	// Operations fail where the OSD does not answer: a candidate has no use for a
	// later answer.
	conn, err := demo.Connect(ctx, o.ttl)
	if err != nil {
		return err
	}
	defer conn.Shutdown()
	return campaign(ctx, conn, o, status, func(ctx context.Context) { lead(ctx, o.name, out) })
}

// campaign opens the pool and takes part in the election, until ctx ends.
func campaign(ctx context.Context, conn *rados.Conn, o options, status io.Writer, lead func(context.Context)) error {
	ioctx, err := demo.OpenPool(conn, o.pool, o.namespace)
	if err != nil {
		return err
	}
	defer ioctx.Destroy()
	c := &candidate{
		ioctx:  ioctx,
		object: o.object,
		name:   o.name,
		ttl:    o.ttl,
		log:    log.New(status, o.name+": ", 0),
	}
	c.run(ctx, lead)
	return nil
}

// lead stands for what only the leader may do. It returns as soon as ctx ends: the
// leadership is over then.
func lead(ctx context.Context, name string, out io.Writer) {
	fmt.Fprintln(out, name, "leads")
	<-ctx.Done()
	fmt.Fprintln(out, name, "no longer leads")
}

// show has alice lead, and go; and then bob.
func show(ctx context.Context, o options, out, status io.Writer) error {
	conn, err := demo.Connect(ctx, o.ttl)
	if err != nil {
		return err
	}
	defer conn.Shutdown()
	pool, remove, err := demo.MakePool(conn, "leader")
	if err != nil {
		return err
	}
	defer remove()
	o.pool = pool

	// stand has a candidate take part, and end as soon as it has led.
	stand := func(name string, led func()) error {
		ctx, end := context.WithCancel(ctx)
		defer end()
		o := o
		o.name = name
		return campaign(ctx, conn, o, status, func(context.Context) {
			fmt.Fprintln(out, name, "leads")
			led()
			end()
		})
	}
	bob := make(chan error, 1)
	err = stand("alice", func() {
		go func() { bob <- stand("bob", func() {}) }()
	})
	if err != nil || ctx.Err() != nil {
		return err
	}
	return <-bob
}
