package rados_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"maps"
	"slices"
)

// SetOmap adds keys, and replaces the values of keys that exist.
func ExampleIOContext_SetOmap() {
	ioctx, done := examplePool()
	defer done()

	for _, pairs := range []map[string][]byte{
		{"apple": []byte("red"), "pear": []byte("green")},
		{"apple": []byte("yellow")},
	} {
		if err := ioctx.SetOmap("colors", pairs); err != nil {
			log.Fatal(err)
		}
	}
	for entry, err := range ioctx.Omap("colors", "", "") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", entry.Key, entry.Value)
	}
	// Output:
	// apple: yellow
	// pear: green
}

func ExampleIOContext_GetOmapValues() {
	ioctx, done := examplePool()
	defer done()
	pairs := make(map[string][]byte)
	for i := range 5 {
		pairs[fmt.Sprint("key", i)] = []byte("value")
	}
	if err := ioctx.SetOmap("index", pairs); err != nil {
		log.Fatal(err)
	}

	// A page of at most two keys that begin with "key", after key1.
	page, err := ioctx.GetOmapValues("index", "key1", "key", 2)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(slices.Sorted(maps.Keys(page)))
	// Output: [key2 key3]
}

func ExampleIOContext_RmOmapKeys() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.SetOmap("index", map[string][]byte{"a": nil, "b": nil, "c": nil}); err != nil {
		log.Fatal(err)
	}

	if err := ioctx.RmOmapKeys("index", []string{"a", "c", "never set"}); err != nil {
		log.Fatal(err)
	}
	for entry, err := range ioctx.Omap("index", "", "") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(entry.Key)
	}
	// Output: b
}

func ExampleIOContext_CleanOmap() {
	ioctx, done := examplePool()
	defer done()
	if err := ioctx.SetOmap("index", map[string][]byte{"a": nil, "b": nil}); err != nil {
		log.Fatal(err)
	}

	if err := ioctx.CleanOmap("index"); err != nil {
		log.Fatal(err)
	}
	page, err := ioctx.GetOmapValues("index", "", "", 10)
	fmt.Println(len(page), err)
	_, err = ioctx.Stat("index")
	fmt.Println("the object is gone:", errors.Is(err, fs.ErrNotExist))
	// Output:
	// 0 <nil>
	// the object is gone: false
}
