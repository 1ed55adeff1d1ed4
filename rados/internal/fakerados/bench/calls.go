package main

import (
	"log"

	"github.com/go-rados/go-rados/rados"
)

// call is what is measured.
type call struct {
	name   string
	method bool // of the package; the others are there to compare
	run    func(n int)
}

// The others, by name.
const (
	bareCall = "a bare cgo call"
	bareShim = "a bare shim (a write)"
	cString  = "C.CString, write, C.free"
)

// calls are made on a fake that returns at once.
func calls(ioctx *rados.IOContext) []call {
	const oid, xattr = "rbd_data.1f2e3d4c5b6a.00000000000004d2", "user.checksum"
	data := make([]byte, 4096)

	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	// The loops are written out: a func called for each would be measured as well.
	return []call{
		{bareCall, false, func(n int) {
			for range n {
				nop()
			}
		}},
		{bareShim, false, func(n int) {
			for range n {
				bareWrite(oid, data, 0)
			}
		}},
		{cString, false, func(n int) {
			for range n {
				customaryWrite(oid, data, 0)
			}
		}},
		{"Read", true, func(n int) {
			for range n {
				_, err := ioctx.Read(oid, data, 0)
				check(err)
			}
		}},
		{"Write", true, func(n int) {
			for range n {
				check(ioctx.Write(oid, data, 0))
			}
		}},
		{"WriteFull", true, func(n int) {
			for range n {
				check(ioctx.WriteFull(oid, data))
			}
		}},
		{"Stat", true, func(n int) {
			for range n {
				_, err := ioctx.Stat(oid)
				check(err)
			}
		}},
		{"GetXattr", true, func(n int) {
			for range n {
				_, err := ioctx.GetXattr(oid, xattr, data)
				check(err)
			}
		}},
		{"SetXattr", true, func(n int) {
			for range n {
				check(ioctx.SetXattr(oid, xattr, data))
			}
		}},
	}
}

// open connects to the fake and sets it going.
func open() (*rados.IOContext, error) {
	conn, err := rados.NewConn()
	if err != nil {
		return nil, err
	}
	if err := conn.Connect(); err != nil {
		return nil, err
	}
	return conn.OpenIOContext("pool")
}
