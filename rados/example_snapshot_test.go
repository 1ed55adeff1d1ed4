package rados_test

import (
	"fmt"
	"log"
	"os"

	"github.com/go-rados/go-rados/rados"
)

func exampleSnapshots(name string) (ioctx *rados.IOContext, done func()) {
	conn, shutdown := exampleConn()
	pool := fmt.Sprintf("example-%s-%d", name, os.Getpid())
	if err := conn.MakePool(pool); err != nil {
		log.Fatal(err)
	}
	ioctx, err := conn.OpenIOContext(pool)
	if err != nil {
		log.Fatal(err)
	}
	for _, step := range []func() error{
		func() error { return ioctx.WriteFull("config", []byte("old")) },
		func() error { return ioctx.CreateSnap("before") },
		func() error { return ioctx.WriteFull("config", []byte("new")) },
	} {
		if err := step(); err != nil {
			log.Fatal(err)
		}
	}
	return ioctx, func() {
		ioctx.Destroy()
		_ = conn.DeletePool(pool)
		shutdown()
	}
}

func ExampleIOContext_ListSnaps() {
	ioctx, done := exampleSnapshots("list") // with the snapshot "before"
	defer done()

	snaps, err := ioctx.ListSnaps()
	if err != nil {
		log.Fatal(err)
	}
	for _, id := range snaps {
		name, err := ioctx.GetSnapName(id)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(name)
	}
	// Output: before
}

func ExampleIOContext_RollbackSnap() {
	ioctx, done := exampleSnapshots("rollback") // its object is "old" in the snapshot, and "new"
	defer done()

	if err := ioctx.RollbackSnap("config", "before"); err != nil {
		log.Fatal(err)
	}
	data := make([]byte, 10)
	n, err := ioctx.Read("config", data, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", data[:n])
	// Output: old
}

func ExampleIOContext_WithReadSnap() {
	ioctx, done := exampleSnapshots("read") // its object is "old" in the snapshot, and "new"
	defer done()

	id, err := ioctx.LookupSnap("before")
	if err != nil {
		log.Fatal(err)
	}
	past, err := ioctx.WithReadSnap(id) // ioctx itself continues to read the newest data
	if err != nil {
		log.Fatal(err)
	}
	defer past.Destroy()
	data := make([]byte, 10)
	n, err := past.Read("config", data, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", data[:n])
	// Output: old
}
