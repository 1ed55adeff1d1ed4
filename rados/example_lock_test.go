package rados_test

import (
	"fmt"
	"log"
	"time"

	"github.com/go-rados/go-rados/rados"
)

func ExampleIOContext_RLock() {
	ioctx, done := examplePool()
	defer done()

	for _, cookie := range []string{"reader 1", "reader 2"} {
		options := rados.LockOptions{Cookie: cookie, Duration: time.Minute}
		if err := ioctx.RLock("table", "rows", "tag", options); err != nil {
			log.Fatal(err)
		}
		defer ioctx.ReleaseLock("table", "rows", cookie)
	}
	info, err := ioctx.ListLockers("table", "rows")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.NumLockers, "readers")
	// Output: 2 readers
}

func ExampleIOContext_ListLockers() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.Lock("table", "rows", rados.LockOptions{Cookie: "writer"}); err != nil {
		log.Fatal(err)
	}

	info, err := ioctx.ListLockers("table", "rows")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Cookies, "exclusive:", info.Exclusive)
	// Another client can end the lock of one that has died.
	_, err = ioctx.BreakLock("table", "rows", info.Clients[0], info.Cookies[0])
	fmt.Println(err)
	// Output:
	// [writer] exclusive: true
	// <nil>
}

func ExampleIOContext_Notify() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.Create("cache", rados.CreateIdempotent); err != nil {
		log.Fatal(err)
	}
	watcher, err := ioctx.Watch("cache")
	if err != nil {
		log.Fatal(err)
	}
	defer watcher.Delete()
	go func() {
		event := <-watcher.Events()
		fmt.Printf("event: %s\n", event.Data)
		if err := event.Ack(nil); err != nil {
			log.Print(err)
		}
	}()

	acks, timeouts, err := ioctx.Notify("cache", []byte("invalidate"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(acks), "acknowledged,", len(timeouts), "did not")
	// Output:
	// event: invalidate
	// 1 acknowledged, 0 did not
}
