package radoswatch_test

import (
	"context"
	"fmt"
	"log"

	"github.com/go-rados/go-rados/internal/test/exampletb"
	"github.com/go-rados/go-rados/rados/radostest"
	"github.com/go-rados/go-rados/rados/radoswatch"
)

// A program reads a setting when it starts, and when another client has changed it.
func ExampleEvents() {
	tb := &exampletb.TB{}
	defer tb.Done()
	ioctx := open(tb, radostest.Conn(tb))

	change := func(text string) {
		if err := ioctx.WriteFull(oid, []byte(text)); err != nil {
			log.Fatal(err)
		}
		if _, _, err := ioctx.Notify(oid, nil); err != nil {
			log.Fatal(err)
		}
	}
	for event, err := range radoswatch.Events(context.Background(), ioctx, oid) {
		if err != nil {
			log.Fatal(err)
		}
		setting := make([]byte, 100)
		n, err := ioctx.Read(oid, setting, 0)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("start: %t, setting: %q\n", event.Gap != nil, setting[:n])
		if n > 0 {
			break
		}
		go change("blue")
	}
	// Output:
	// start: true, setting: ""
	// start: false, setting: "blue"
}
