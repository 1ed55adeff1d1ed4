package main

import (
	"archive/tar"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// object is what object.json has. JSON has no way to write any bytes but as base64, which
// is what []byte becomes.
type object struct {
	Name    []byte
	Locator []byte `json:",omitempty"`
	Xattrs  []pair `json:",omitempty"`
}

// pair is an attribute, or an entry of an omap.
type pair struct{ Key, Value []byte }

// end is what end.json has.
type end struct{ Objects int }

const endFile = "end.json"

func objectFile(n int) string     { return fmt.Sprintf("%d/object.json", n) }
func omapFile(n, page int) string { return fmt.Sprintf("%d/omap-%d.json", n, page) }
func dataFile(n int) string       { return fmt.Sprintf("%d/data", n) }

// file begins a file of the stream.
func file(w *tar.Writer, name string, size int64, modified time.Time) error {
	return w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: modified})
}

// document writes a file that has a value as JSON.
func document(w *tar.Writer, name string, value any) error {
	text, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		return err
	}
	if err := file(w, name, int64(len(text)), time.Time{}); err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// interruptible is a reader that ends with ctx.
type interruptible struct {
	ctx context.Context
	io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.Reader.Read(p)
}
