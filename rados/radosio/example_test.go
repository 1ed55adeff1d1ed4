package radosio_test

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"

	"github.com/go-rados/go-rados/internal/test/exampletb"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
)

// examplePool replaces the code that connects and opens a pool.
func examplePool() (ioctx *rados.IOContext, done func()) {
	tb := &exampletb.TB{}
	return space(tb), tb.Done
}

// An Object is an argument for any function that takes an io.Reader or io.Writer.
func Example() {
	ioctx, done := examplePool()
	defer done()

	obj, err := radosio.Create(ioctx, "poems.tar")
	if err != nil {
		log.Fatal(err)
	}
	defer obj.Close()
	archive := tar.NewWriter(obj)
	poem := "A rose is a rose."
	if err := archive.WriteHeader(&tar.Header{Name: "rose", Mode: 0o600, Size: int64(len(poem))}); err != nil {
		log.Fatal(err)
	}
	if _, err := io.WriteString(archive, poem); err != nil {
		log.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		log.Fatal(err)
	}

	if _, err := obj.Seek(0, io.SeekStart); err != nil {
		log.Fatal(err)
	}
	entries := tar.NewReader(obj)
	for {
		entry, err := entries.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		text, err := io.ReadAll(entries)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", entry.Name, text)
	}
	// Output: rose: A rose is a rose.
}

func ExampleOpen() {
	ioctx, done := examplePool()
	defer done()

	_, err := radosio.Open(ioctx, "nothing")
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output: true
}

func ExampleCheckVersion() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.WriteFull("news", []byte("first edition")); err != nil {
		log.Fatal(err)
	}

	obj, err := radosio.Open(ioctx, "news", radosio.CheckVersion())
	if err != nil {
		log.Fatal(err)
	}
	defer obj.Close()
	if err := ioctx.WriteFull("news", []byte("second edition")); err != nil { // another client
		log.Fatal(err)
	}
	_, err = io.ReadAll(obj)
	fmt.Println(errors.Is(err, radosio.ErrChanged))
	// Output: true
}
