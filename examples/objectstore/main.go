// Command objectstore keeps things of any size under names, as S3 does, in a namespace
// of a RADOS pool. It shows an index that stays right whenever the program dies,
// streaming in and out with package radosio, extended attributes, and operations that
// do several things to an object atomically.
//
//	objectstore -pool mypool put -type image/jpeg -meta camera=M3 cat.jpg <cat.jpg
//	objectstore -pool mypool list
//	objectstore -pool mypool get cat.jpg >copy.jpg
//	objectstore -pool mypool remove cat.jpg
//	objectstore -pool mypool repair
//
// The cluster is that of $CEPH_CONF or /etc/ceph/ceph.conf. To see all of it happen on a
// throw-away cluster:
//
//	go run ./rados/radostest/cluster run -- go run ./examples/objectstore demo
//
// # How it is stored
//
// RADOS objects may be 128 MiB long, and are meant to be smaller: large ones can't
// spread over OSDs, and take long to recover. So the content is cut into parts, the
// objects data/ID/0, data/ID/1 and so on; content type and other metadata are extended
// attributes of the first. The ID is made up for each put, so that a put never touches
// what others read.
//
// The omap of the object "index" says which ID a name has (key name/NAME), and which IDs
// are of no use to readers (key pending/ID), because a put has not finished, or because
// they have been replaced or removed. A change of the index is one operation on one
// object, thus atomic, and this is the order of things:
//
//	put:    pending/NEW → parts of NEW → name/NAME = NEW, pending/OLD, no pending/NEW
//	remove: no name/NAME, pending/OLD
//	then:   remove the parts of OLD → no pending/OLD
//
// A program that dies at any point leaves names that are whole, and a pending/ID for each
// part that is of no use any more. The command repair removes those, and their parts.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-rados/go-rados/examples/internal/demo"
)

func main() {
	demo.Main("objectstore", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdin, os.Stdout, os.Stderr)
	}, os.Interrupt)
}

const usage = `Usage: objectstore [OPTIONS] COMMAND

  put [-type TYPE] [-meta KEY=VALUE]... NAME   store standard input under a name
  get NAME                                     write what is stored to standard output
  list [PREFIX]                                list the names
  remove NAME                                  remove what is stored
  repair [-age DURATION]                       remove what programs that died left behind
  demo                                         show all of it, in a pool of its own

Options:
`

// app is what the commands have in common.
type app struct {
	store  *store
	in     io.Reader
	out    io.Writer
	status io.Writer // for people: progress, and help
}

func run(ctx context.Context, args []string, in io.Reader, out, status io.Writer) error {
	flags := flag.NewFlagSet("objectstore", flag.ContinueOnError)
	flags.SetOutput(status)
	flags.Usage = func() {
		fmt.Fprint(status, usage)
		flags.PrintDefaults()
	}
	pool := flags.String("pool", "objectstore", "the pool; it must exist")
	namespace := flags.String("namespace", "objectstore", "the namespace in it, which should have nothing else")
	part := flags.Int64("part", 32<<20, "how many bytes of a thing go into one RADOS object")
	if err := flags.Parse(args); err != nil {
		return err
	}
	command, args := flags.Arg(0), flags.Args()
	if command == "" {
		flags.Usage()
		return flag.ErrHelp
	}
	if *part <= 0 {
		return fmt.Errorf("-part %d: a part has at least one byte", *part)
	}
	conn, err := demo.Connect(ctx, time.Minute) // an OSD that is down is an error then
	if err != nil {
		return err
	}
	defer conn.Shutdown()
	if command == "demo" {
		name, remove, err := demo.MakePool(conn, "objectstore")
		if err != nil {
			return err
		}
		defer remove()
		*pool = name
	}
	ioctx, err := demo.OpenPool(conn, *pool, *namespace)
	if err != nil {
		return err
	}
	defer ioctx.Destroy()
	a := &app{store: &store{ioctx: ioctx, part: *part}, in: in, out: out, status: status}
	return a.do(ctx, command, args[1:])
}

func (a *app) do(ctx context.Context, command string, args []string) error {
	commands := map[string]func(context.Context, []string) error{
		"put": a.put, "get": a.get, "list": a.list, "remove": a.remove, "repair": a.repair, "demo": a.demo,
	}
	f, ok := commands[command]
	if !ok {
		return fmt.Errorf("there is no command %q; -h lists them", command)
	}
	if err := f(ctx, args); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	return nil
}

// metadata is a flag that can be given again and again: KEY=VALUE.
type metadata map[string]string

func (m metadata) String() string { return fmt.Sprint(map[string]string(m)) }

func (m metadata) Set(arg string) error {
	key, value, ok := strings.Cut(arg, "=")
	if !ok || key == "" {
		return fmt.Errorf("%q is not of the form KEY=VALUE", arg)
	}
	m[key] = value
	return nil
}

func (a *app) put(ctx context.Context, args []string) error {
	flags := a.flags("put [OPTIONS] NAME")
	contentType := flags.String("type", "application/octet-stream", "what the content is")
	meta := metadata{}
	flags.Var(meta, "meta", "`KEY=VALUE` to be kept with it; may be given several times")
	name, err := parseName(flags, args)
	if err != nil {
		return err
	}
	progress := newProgress(a.status, "put "+name, 0)
	defer progress.end()
	entry, err := a.store.put(name, *contentType, meta, progress.reader(ctx, a.in))
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s: %d bytes\n", name, entry.Size)
	return nil
}

func (a *app) get(ctx context.Context, args []string) error {
	name, err := parseName(a.flags("get NAME"), args)
	if err != nil {
		return err
	}
	entry, err := a.store.lookup(name)
	if err != nil {
		return err
	}
	progress := newProgress(a.status, "get "+name, entry.Size)
	defer progress.end()
	return a.store.get(name, entry, progress.writer(ctx, a.out))
}

func (a *app) list(ctx context.Context, args []string) error {
	flags := a.flags("list [PREFIX]")
	if err := flags.Parse(args); err != nil {
		return err
	}
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	defer table.Flush()
	for item, err := range a.store.list(flags.Arg(0)) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\n", item.name, item.Size, item.Stored.Format(time.RFC3339), item.contentType, item.meta)
	}
	return nil
}

func (a *app) remove(_ context.Context, args []string) error {
	name, err := parseName(a.flags("remove NAME"), args)
	if err != nil {
		return err
	}
	return a.store.remove(name)
}

func (a *app) repair(ctx context.Context, args []string) error {
	flags := a.flags("repair")
	age := flags.Duration("age", 24*time.Hour, "how long ago a put must have begun for it to count as dead")
	if err := flags.Parse(args); err != nil {
		return err
	}
	n, err := a.store.repair(ctx, time.Now().Add(-*age))
	fmt.Fprintf(a.out, "removed what %d commands left behind\n", n)
	return err
}

func (a *app) flags(usage string) *flag.FlagSet {
	flags := flag.NewFlagSet(usage, flag.ContinueOnError)
	flags.SetOutput(a.status)
	return flags
}

// parseName parses the arguments of a command that is about one name.
func parseName(flags *flag.FlagSet, args []string) (string, error) {
	if err := flags.Parse(args); err != nil {
		return "", err
	}
	if flags.NArg() != 1 || flags.Arg(0) == "" {
		return "", fmt.Errorf("it takes one name, behind the options, not %q", flags.Args())
	}
	return flags.Arg(0), nil
}
