package main

import (
	"log"

	"github.com/go-rados/go-rados/rados"
)

// call is a call to measure.
type call struct {
	name string
	run  func(n int)
	// library calls the librados functions that a method of the package calls. It is nil
	// for a call that others are compared with.
	library func(n int)
}

// The names of the calls that others are compared with.
const (
	bareCall = "a bare cgo call"
	bareShim = "a bare shim (a write)"
	cString  = "C.CString, write, C.free"
)

// calls are made on a fake that returns immediately.
func calls(ioctx *rados.IOContext) []call {
	const oid, xattr = "rbd_data.1f2e3d4c5b6a.00000000000004d2", "user.checksum"
	data := make([]byte, 4096)
	library := newArguments(oid, xattr, data)

	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	// The loops are written out, since a call of a func value would be measured as well.
	return []call{
		{bareCall, func(n int) {
			for range n {
				nop()
			}
		}, nil},
		{bareShim, func(n int) {
			for range n {
				bareWrite(oid, data, 0)
			}
		}, nil},
		{cString, func(n int) {
			for range n {
				customaryWrite(oid, data, 0)
			}
		}, nil},
		{"Read", func(n int) {
			for range n {
				_, err := ioctx.Read(oid, data, 0)
				check(err)
			}
		}, library.read},
		{"Write", func(n int) {
			for range n {
				check(ioctx.Write(oid, data, 0))
			}
		}, library.write},
		{"WriteFull", func(n int) {
			for range n {
				check(ioctx.WriteFull(oid, data))
			}
		}, library.writeFull},
		{"Stat", func(n int) {
			for range n {
				_, err := ioctx.Stat(oid)
				check(err)
			}
		}, library.stat},
		{"GetXattr", func(n int) {
			for range n {
				_, err := ioctx.GetXattr(oid, xattr, data)
				check(err)
			}
		}, library.getXattr},
		{"SetXattr", func(n int) {
			for range n {
				check(ioctx.SetXattr(oid, xattr, data))
			}
		}, library.setXattr},
	}
}

// open connects to the fake and opens a pool.
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
