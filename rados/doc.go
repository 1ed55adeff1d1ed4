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
// An object has data (Read, Write and the like), extended attributes (GetXattr,
// SetXattr, Xattrs) and sorted keys with values (SetOmap, Omap). Several steps on one
// object can be made one operation, all of which is performed or nothing: ReadOp and
// WriteOp. Objects lists them; Lock and RLock are advisory; Watch and Notify pass
// messages between clients by way of an object.
//
// Most names are those of an older API, which programs rely on. Where Go has come to
// do things in another way there is a second form: Objects is Iter as a
// range-over-func, Lock is LockExclusive that returns an error, WriteContext is Write
// with a context.
//
// # Concurrency and lifetime
//
// Everything may be used by any number of goroutines, except where a method says
// otherwise. A method called on something that is closed, or that closes while the
// call is on its way, returns an error; closing twice does nothing. What a call uses
// is kept until the call is over, so neither Shutdown nor the garbage collector takes
// it away. Things that are never closed are freed when they are collected, but for a
// Watcher and a LogMonitor, which go on until they are ended.
//
// What is set on an IOContext, such as its namespace, counts for all who use it. Clone
// and WithNamespace make one that stands by itself.
//
// # Waiting
//
// A call waits as long as librados does. For operations on objects that is until the
// OSD has answered, which may be never; the configuration option
// rados_osd_op_timeout sets an end: the call then returns ETIMEDOUT, and a write may have
// been performed all the same, of which ErrOutcomeUnknown tells.
//
// A few calls at once wait on the threads of their callers, which is the fastest there
// is for them. Where more are under way their goroutines are parked: thousands can wait
// at once without a thread each, and few of them are being handed to librados at a time.
// That is so for all that works on one object and for self-managed snapshots; who calls
// Notify and Watch is always parked. Conn.SetMaxInFlight bounds the calls that are in flight, and
// Pipeline keeps many operations in flight from one goroutine.
//
// Locks, listings, commands, pools and Connect block a thread each and can't be cancelled once
// they have begun. At most 64 calls of a Conn that wait for OSDs do so at the same time, 64 that
// wait for monitors and 64 that wait for managers (Conn.SetMaxBlockingCalls). Further calls wait
// for their turn without a thread, until the IOContext or Conn is closed. So the number of threads
// does not grow with the number of goroutines, whatever does not answer.
//
// The forms with a context, such as WriteContext, ReadContext and OperateContext, end
// with it. A write that was given up may have been performed all the same; errors.Is finds
// ErrOutcomeUnknown in its error. Its data stays in memory until the OSD takes it, and counts against
// the bytes of SetMaxInFlight meanwhile: a program that tries again and again does not run out of
// memory, but its writes wait. Shutdown and Destroy cancel the calls that are in flight, too.
//
// # Errors
//
// What librados returns is returned as it is: a comparable value with a method
// ErrorCode() int, which is the negative errno of C. errors.Is recognises the errno
// (syscall.ENOENT), what the standard library takes it for (fs.ErrNotExist), and an error
// of another package whose ErrorCode is the same, as the bindings of rbd and cephfs have
// them. The text of an errno is that of C's strerror. Names
// with a NUL byte and other input that C can't take are refused before anything is
// sent. Operations return an OperationError, which tells of each step; the methods that
// the older API does not have return an ObjectError, which tells what was done to what.
//
// # Empty results
//
// The output of a command, the data of a NotifyEvent and the response of a NotifyAck are nil
// if they are empty. The value of an extended attribute or omap key that exists, and the output
// of an Exec step, is an empty slice that is not nil.
//
// # Rights
//
// What the user's capabilities forbid is an error in which errors.Is finds
// fs.ErrPermission: of operations on objects, pools and pool snapshots it is
// ErrPermissionDenied, of commands and of Connect it is EACCES. It comes at once. At OSDs
// Watch takes the rights to read and to write, Notify only to read, and Lock, as all that
// executes something in the OSD, the right to execute ("allow rwx") as well.
//
// A client that was blocklisted, as by Conn.BlocklistAdd, gets ESHUTDOWN from all
// operations on objects, and its watches end. The monitors still answer it, and OSDs still
// list objects for it. It needs a new Conn, or to be let in again.
//
// Who is connected may go on when the user is deleted or gets other capabilities, for as
// long as the connection to an OSD lasts. A new one takes a ticket, which is good for an
// hour or two; then other capabilities count, and operations of a user who is gone wait as
// if the OSD did not answer (see Waiting). BlocklistAdd shuts out a client at once.
//
// No error of this package has a key in it. What librados logs, if it is configured to,
// has the user's key only if it is in a keyring that can't be read; but with debug_auth at
// 10 or more the keys of sessions.
//
// # Output of librados
//
// Until a Conn has read a configuration file, librados writes errors to the standard error of the
// process, whatever log_to_stderr, err_to_stderr and log_file say, such as five lines if the keyring
// is missing (Ceph 16.2 and 18.2; 20.2 writes others, 14.2 none). ReadConfigFile makes these options
// count, also with an empty file; so does NewConnWithClusterAndUser. That there is no address of a
// monitor, or that the name of its host can't be resolved, is written to the standard output and
// standard error in any case. Connect returns the error either way.
//
// # Releases
//
// The package builds with the librados of Ceph 14.2 to 20.2 and runs with any of
// them. Where a method needs more than 14.2, its documentation says so.
//
// # Coming from go-ceph
//
// The package is compatible with github.com/ceph/go-ceph/rados: it has the same names
// with the same signatures, and a program moves by changing the import path. Three
// things differ on purpose. A nil *IOContext, *ReadOp or *WriteOp passed to a method, or
// used as its receiver, makes the method return an error where go-ceph panics.
// Conn.GetFSID before Connect returns ErrNotConnected where go-ceph returns a UUID of
// zeros. A ReadOp or WriteOp can be performed once: Operate returns ErrOperationUsed
// the second time, where go-ceph returns nil although nothing was sent.
package rados
