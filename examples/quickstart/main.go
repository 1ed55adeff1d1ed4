// Command quickstart writes an object to a Ceph cluster and reads it back.
//
// It takes the cluster from the file that CEPH_CONF names, from /etc/ceph/ceph.conf, or
// without a file from the environment:
//
//	CEPH_ARGS="--mon-host 10.0.0.1 --key AQB…==" go run ./examples/quickstart
//
// It works in a pool of its own that it deletes again.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/go-rados/go-rados/rados"
)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // for the monitors to answer
	defer cancel()
	conn, err := rados.Open(ctx, rados.Config{})
	if err != nil {
		return err
	}
	defer conn.Shutdown()
	fsid, err := conn.GetFSID()
	if err != nil {
		return fmt.Errorf("get the id of the cluster: %w", err)
	}
	fmt.Println("connected to cluster", fsid)

	pool := fmt.Sprintf("quickstart-%d", os.Getpid())
	if err := conn.MakePool(pool); err != nil {
		return fmt.Errorf("create pool %s: %w", pool, err)
	}
	defer conn.DeletePool(pool)

	ioctx, err := conn.OpenIOContext(pool)
	if err != nil {
		return fmt.Errorf("open pool %s: %w", pool, err)
	}
	defer ioctx.Destroy()
	return hello(ioctx)
}

// hello takes one object through its life.
func hello(ioctx *rados.IOContext) error {
	const object = "greeting"
	if err := ioctx.WriteFull(object, []byte("Hello, RADOS!")); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if err := ioctx.SetXattr(object, "lang", []byte("en")); err != nil {
		return fmt.Errorf("set xattr: %w", err)
	}

	stat, err := ioctx.Stat(object)
	if err != nil {
		return fmt.Errorf("stat: %w", err)
	}
	data := make([]byte, stat.Size)
	n, err := ioctx.Read(object, data, 0)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	xattrs, err := ioctx.ListXattrs(object)
	if err != nil {
		return fmt.Errorf("list xattrs: %w", err)
	}
	fmt.Printf("read %d bytes: %q, in %q\n", n, data[:n], xattrs["lang"])

	if err := ioctx.Delete(object); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	if _, err := ioctx.Stat(object); !errors.Is(err, rados.ErrNotFound) {
		return fmt.Errorf("the object should be gone: %v", err)
	}
	fmt.Println("deleted it again")
	return nil
}
