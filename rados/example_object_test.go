package rados_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"time"

	"github.com/go-rados/go-rados/rados"
)

func ExampleIOContext_Create() {
	ioctx, done := examplePool()
	defer done()

	if err := ioctx.Create("counter", rados.CreateExclusive); err != nil {
		log.Fatal(err)
	}
	err := ioctx.Create("counter", rados.CreateExclusive)
	fmt.Println("exists:", errors.Is(err, rados.ErrObjectExists))
	err = ioctx.Create("counter", rados.CreateIdempotent)
	fmt.Println("idempotent:", err)
	// Output:
	// exists: true
	// idempotent: <nil>
}

func ExampleIOContext_WriteFull() {
	ioctx, done := examplePool()
	defer done()

	for _, text := range []string{"a long text", "short"} { // the second replaces the first
		if err := ioctx.WriteFull("note", []byte(text)); err != nil {
			log.Fatal(err)
		}
	}
	stat, err := ioctx.Stat("note")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stat.Size, "bytes")
	// Output: 5 bytes
}

func ExampleIOContext_Write() {
	ioctx, done := examplePool()
	defer done()

	if err := ioctx.Write("note", []byte("Hello, world"), 0); err != nil {
		log.Fatal(err)
	}
	if err := ioctx.Write("note", []byte("RADOS"), 7); err != nil { // from byte 7
		log.Fatal(err)
	}
	data := make([]byte, 100)
	n, err := ioctx.Read("note", data, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", data[:n])
	// Output: Hello, RADOS
}

func ExampleIOContext_Append() {
	ioctx, done := examplePool()
	defer done()

	for i := range 3 {
		if err := ioctx.Append("log", fmt.Appendf(nil, "line %d\n", i)); err != nil {
			log.Fatal(err)
		}
	}
	data := make([]byte, 100)
	n, err := ioctx.Read("log", data, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", data[:n])
	// Output:
	// line 0
	// line 1
	// line 2
}

// Read returns fewer bytes than the buffer has where the object ends, and 0 after
// its end.
func ExampleIOContext_Read() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.WriteFull("alphabet", []byte("abcdefghijklmnopqrstuvwxyz")); err != nil {
		log.Fatal(err)
	}

	buf := make([]byte, 10)
	for offset := uint64(0); ; {
		n, err := ioctx.Read("alphabet", buf, offset)
		if err != nil {
			log.Fatal(err)
		}
		if n == 0 {
			break
		}
		fmt.Printf("%s\n", buf[:n])
		offset += uint64(n)
	}
	// Output:
	// abcdefghij
	// klmnopqrst
	// uvwxyz
}

func ExampleIOContext_ReadContext() {
	ioctx, done := examplePool()
	defer done()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()

	_, err := ioctx.ReadContext(ctx, "nothing", make([]byte, 10), 0)
	switch {
	case err == nil:
		fmt.Println("read")
	case errors.Is(err, context.DeadlineExceeded):
		fmt.Println("no OSD has answered for 30 s")
	case errors.Is(err, fs.ErrNotExist):
		fmt.Println("the object does not exist")
	default:
		log.Fatal(err)
	}
	// Output: the object does not exist
}

func ExampleIOContext_Stat() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.WriteFull("note", []byte("Hello")); err != nil {
		log.Fatal(err)
	}

	stat, err := ioctx.Stat("note")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(stat.Size, "bytes, modified after 2020:", stat.ModTime.Year() > 2020)
	// Output: 5 bytes, modified after 2020: true
}

func ExampleIOContext_Delete() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.WriteFull("note", []byte("Hello")); err != nil {
		log.Fatal(err)
	}

	fmt.Println(ioctx.Delete("note"))
	err := ioctx.Delete("note")
	fmt.Println("not found:", errors.Is(err, rados.ErrNotFound))
	// Output:
	// <nil>
	// not found: true
}

func ExampleIOContext_Truncate() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.WriteFull("note", []byte("Hello, world")); err != nil {
		log.Fatal(err)
	}

	if err := ioctx.Truncate("note", 5); err != nil {
		log.Fatal(err)
	}
	data := make([]byte, 100)
	n, err := ioctx.Read("note", data, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", data[:n])
	// Output: Hello
}

func ExampleIOContext_GetLastVersion() {
	ioctx, done := examplePool()
	defer done()

	var versions []uint64
	for range 2 {
		if err := ioctx.WriteFull("note", []byte("Hello")); err != nil {
			log.Fatal(err)
		}
		version, err := ioctx.GetLastVersion() // of the object that the last operation used
		if err != nil {
			log.Fatal(err)
		}
		versions = append(versions, version)
	}
	fmt.Println("newer:", versions[1] > versions[0])
	// Output: newer: true
}

func ExampleIOContext_GetXattr() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.SetXattr("cat.jpg", "content-type", []byte("image/jpeg")); err != nil {
		log.Fatal(err)
	}

	value := make([]byte, 100)
	n, err := ioctx.GetXattr("cat.jpg", "content-type", value)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", value[:n])
	// Output: image/jpeg
}

func ExampleIOContext_ListXattrs() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.SetXattr("cat.jpg", "width", []byte("640")); err != nil {
		log.Fatal(err)
	}

	xattrs, err := ioctx.ListXattrs("cat.jpg")
	if err != nil {
		log.Fatal(err)
	}
	for name, value := range xattrs {
		fmt.Printf("%s: %s\n", name, value)
	}
	// Output: width: 640
}

func ExampleIOContext_Xattrs() {
	ioctx, done := examplePool()
	defer done()
	for _, name := range []string{"width", "height"} {
		if err := ioctx.SetXattr("cat.jpg", name, []byte("480")); err != nil {
			log.Fatal(err)
		}
	}

	for xattr, err := range ioctx.Xattrs("cat.jpg") { // in the order of the names
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", xattr.Name, xattr.Value)
	}
	// Output:
	// height: 480
	// width: 480
}

func ExampleIOContext_RmXattr() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.SetXattr("cat.jpg", "draft", nil); err != nil {
		log.Fatal(err)
	}

	if err := ioctx.RmXattr("cat.jpg", "draft"); err != nil {
		log.Fatal(err)
	}
	xattrs, err := ioctx.ListXattrs("cat.jpg")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(xattrs), "attributes")
	// Output: 0 attributes
}

func ExampleIOContext_GetPoolStats() {
	ioctx, done := examplePool()
	defer done()

	stat, err := ioctx.GetPoolStats() // a few seconds old
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("degraded objects:", stat.Num_objects_degraded)
	// Output: degraded objects: 0
}

func ExampleIOContext_Iter() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.WriteFull("note", nil); err != nil {
		log.Fatal(err)
	}

	iter, err := ioctx.Iter()
	if err != nil {
		log.Fatal(err)
	}
	defer iter.Close()
	for iter.Next() {
		fmt.Println(iter.Value())
	}
	if err := iter.Err(); err != nil {
		log.Fatal(err)
	}
	// Output: note
}
