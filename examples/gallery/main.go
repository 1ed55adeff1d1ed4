// Command gallery keeps files in a namespace of a RADOS pool and shows them on a web page: uploads
// with their progress, thumbnails of pictures, details, and the changes of other pages and other
// servers at the moment they are made. To try it on a throw-away cluster:
//
//	go run ./rados/radostest/cluster run -- go run ./examples/gallery -demo
//
// # How files are stored
//
// A file consists of three kinds of objects. Each upload makes new ones, with a new ID:
//
//	content/ID/0, content/ID/1 ...  the content, in pieces of 4 MiB
//	details/ID                      its thumbnail; type, SHA-256 and pixels as extended attributes
//	index                           of all files, an omap: file/NAME is the ID, size and time
//
// The omap keeps its keys in order, so that a page of the list is one read, however many files
// there are. It also has a key trash/ID for each ID that no file has (yet): an upload adds it
// first, writes content and details, and replaces it with file/NAME in one operation, as is the
// removal of a file. So a reader finds a file with all of its content or no file, whenever a
// program dies, and what it leaves is in the trash, which each server sweeps.
//
// Servers that use the same namespace tell each other about changes by notifications of the
// object index, and their pages by server-sent events.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/examples/internal/demo"
)

func main() {
	demo.Main("gallery", func(ctx context.Context, args []string) error {
		return run(ctx, args, os.Stdout)
	}, os.Interrupt, syscall.SIGTERM)
}

// uploadTime is the longest time that an upload may take.
const uploadTime = 24 * time.Hour

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("gallery", flag.ContinueOnError)
	listen := flags.String("listen", "localhost:8080", "the address of the page")
	pool := flags.String("pool", "gallery", "the pool; it must exist")
	namespace := flags.String("namespace", "gallery", "the namespace, which should have nothing else")
	inDemo := flags.Bool("demo", false, "use a new pool with sample files, and remove it at the end")
	if err := flags.Parse(args); err != nil {
		return err
	}
	conn, err := demo.Connect(ctx, time.Minute) // an OSD that is down is an error then
	if err != nil {
		return err
	}
	defer conn.Shutdown()
	if *inDemo {
		name, remove, err := demo.MakePool(conn, "gallery")
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
	s, err := open(ctx, ioctx, 4<<20)
	if err != nil {
		return err
	}
	if *inDemo {
		if err := s.putSamples(ctx); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "the gallery is at http://%s\n", listener.Addr())
	return serve(ctx, listener, &server{store: s, hub: newHub(), pageSize: 24})
}

// serve serves the page until ctx is done.
func serve(ctx context.Context, listener net.Listener, s *server) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { cancel(s.hub.follow(ctx, s.ioctx)) }()
	go s.sweepHourly(ctx)
	web := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan error, 1)
	context.AfterFunc(ctx, func() {
		late, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		stopped <- web.Shutdown(late)
	})
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	err := context.Cause(ctx)
	if errors.Is(err, context.Canceled) {
		err = nil // it was to stop
	}
	return errors.Join(err, <-stopped)
}

// sweepHourly removes content from the trash that is too old for an upload in progress.
func (s *store) sweepHourly(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := s.sweep(ctx, time.Now().Add(-uploadTime)); err != nil && ctx.Err() == nil {
			log.Printf("sweep: %v", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
