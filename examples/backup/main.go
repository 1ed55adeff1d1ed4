// Command backup writes what a namespace of a pool holds to a tar stream, and restores it
// from there: the objects' data, extended attributes, omaps and locators. It shows
// snapshots of pools, listings, streaming with package radosio, and how to read and write
// the parts of objects other than data.
//
//	backup -pool mypool -namespace app save >app.tar
//	backup -pool other -namespace app restore <app.tar
//
// The cluster is that of $CEPH_CONF or /etc/ceph/ceph.conf. To see it work on a
// throw-away cluster:
//
//	go run ./rados/radostest/cluster run -- go run ./examples/backup demo
//
// # Consistency
//
// The program saves a snapshot of the pool, so that writers may go on. Each object
// is as it was at one moment. That is the same moment for all objects on one OSD; OSDs
// learn of the snapshot one after the other, but no later than they hear from a client that
// has seen it done elsewhere: what a client wrote after something that the snapshot does not
// have, it does not have either.
//
// A pool whose snapshots are managed by its users, as RBD does, can't have one of this kind.
// If the program is killed, its snapshot stays: `rados -p mypool lssnap` shows it as
// backup-TIME-PID, and `rados -p mypool rmsnap NAME` removes it.
//
// # The stream
//
// For each object, numbered from 1, there are the files N/object.json (name, locator,
// attributes), N/omap-M.json (a page of omap entries, if the object has any) and N/data. Names
// are not names of files, since they may be any bytes. At the end, end.json says how many
// objects there are, so that a stream that was cut short is known as such.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/go-rados/go-rados/examples/internal/demo"
	"github.com/go-rados/go-rados/rados"
)

func main() {
	demo.Main("backup", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdin, os.Stdout, os.Stderr)
	}, os.Interrupt)
}

const usage = `Usage: backup [OPTIONS] COMMAND

  save       write the namespace to standard output
  restore    read it from standard input
  demo       show both, in a pool of its own

Options:
`

type options struct {
	pool, namespace string
	overwrite       bool
	command         string
}

func parse(args []string, status io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("backup", flag.ContinueOnError)
	flags.SetOutput(status)
	flags.Usage = func() {
		fmt.Fprint(status, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.pool, "pool", "backup", "the pool; it must exist")
	flags.StringVar(&o.namespace, "namespace", "", "the namespace in it")
	flags.BoolVar(&o.overwrite, "overwrite", false, "let restore replace objects that exist")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return o, flag.ErrHelp
	}
	o.command = flags.Arg(0)
	return o, nil
}

func run(ctx context.Context, args []string, in io.Reader, out, status io.Writer) error {
	o, err := parse(args, status)
	if err != nil {
		return err
	}
	commands := map[string]func(*rados.IOContext) (int, error){
		"save":    func(ioctx *rados.IOContext) (int, error) { return saveTo(ctx, ioctx, out) },
		"restore": func(ioctx *rados.IOContext) (int, error) { return restore(ctx, ioctx, in, o.overwrite) },
	}
	f, ok := commands[o.command]
	if !ok && o.command != "demo" {
		return fmt.Errorf("there is no command %q; -h lists them", o.command)
	}
	conn, err := demo.Connect(ctx, time.Minute) // an OSD that is down is an error then
	if err != nil {
		return err
	}
	defer conn.Shutdown()
	if o.command == "demo" {
		return show(ctx, conn, out)
	}
	ioctx, err := demo.OpenPool(conn, o.pool, o.namespace)
	if err != nil {
		return err
	}
	defer ioctx.Destroy()
	n, err := f(ioctx)
	if err != nil {
		return fmt.Errorf("%s: after %d objects: %w", o.command, n, err)
	}
	fmt.Fprintf(status, "%s: %d objects\n", o.command, n)
	return nil
}

// saveTo saves through a buffer, since the headers of a tar stream are small.
func saveTo(ctx context.Context, ioctx *rados.IOContext, w io.Writer) (int, error) {
	buffered := bufio.NewWriterSize(w, 1<<20)
	n, err := save(ctx, ioctx, buffered)
	if err != nil {
		return n, err
	}
	return n, buffered.Flush()
}
