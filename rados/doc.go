// Package rados is a client of RADOS, the object store of Ceph, on top of the C
// library librados.
//
// A Conn is a connection to a cluster. An IOContext, opened from it, is a pool in
// which objects are read and written:
//
//	conn, err := rados.NewConn()
//	// handle err, here and below
//	defer conn.Shutdown()
//	err = conn.ReadDefaultConfigFile()
//	err = conn.Connect()
//	ioctx, err := conn.OpenIOContext("mypool")
//	defer ioctx.Destroy()
//	err = ioctx.WriteFull("greeting", []byte("Hello, RADOS!"))
//
// # Concurrency and lifetime
//
// Everything may be used by any number of goroutines, except where a method says
// otherwise. A method called on something that is closed, or that closes while the
// call is on its way, returns an error; closing twice does nothing. What a call uses
// is kept until the call is over, so neither Shutdown nor the garbage collector takes
// it away. Things that are never closed are freed when they are collected.
//
// # Waiting
//
// A call waits as long as librados does. For operations on objects that is until the
// OSD has answered, which may be never; the configuration option
// rados_osd_op_timeout sets an end. Each waiting call occupies a thread.
//
// # Errors
//
// What librados returns is returned as it is: a comparable value with a method
// ErrorCode() int, which is the negative errno of C. errors.Is recognises the errno
// (syscall.ENOENT) and what the standard library takes it for (fs.ErrNotExist). Names
// with a NUL byte and other input that C can't take are refused before anything is
// sent.
//
// # Releases
//
// The package builds with the librados of Ceph 14.2 to 20.2 and runs with any of
// them. Where a method needs more than 14.2, its documentation says so.
package rados
