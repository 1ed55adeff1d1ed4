// Package rados is a client of RADOS, the object store of Ceph, on top of the C
// library librados.
//
// A Conn is a connection to a cluster. An IOContext, opened from it, is a pool in
// which objects are read and written:
//
//	conn, err := rados.Open(ctx, rados.Config{})
//	// handle err, here and below
//	defer conn.Shutdown()
//	ioctx, err := conn.OpenIOContext("mypool")
//	defer ioctx.Destroy()
//	err = ioctx.WriteFull("greeting", []byte("Hello, RADOS!"))
//
// An object has data (Read, Write and the like), extended attributes (GetXattr,
// SetXattr, Xattrs) and sorted keys with values (SetOmap, Omap). ReadOp and WriteOp
// combine several steps on one object into one atomic operation. Objects lists the
// objects of a pool; Lock and RLock are advisory; Watch and Notify pass messages between
// clients by way of an object.
//
// Most names are those of go-ceph, which programs rely on. Where Go has newer idioms
// there is a second form: Open is NewConn with the calls that follow it, Objects is Iter as a
// range-over-func, Lock is LockExclusive that returns an error, WriteContext is Write with a context.
//
// # Concurrency and lifetime
//
// All types are safe for concurrent use, except where their documentation excludes it.
// A method called on a value that is closed, or that is closed during the call, returns
// an error; closing a value twice does nothing. The C objects that a call uses last until
// the call returns, so neither Shutdown nor the garbage collector frees them earlier. A
// value that is never closed is freed when it is garbage collected, except a Watcher and a
// LogMonitor, which go on until they are ended.
//
// Settings of an IOContext, such as its namespace, apply to all goroutines that use it.
// [IOContext.WithNamespace] and the like return an independent one, as does [IOContext.Clone].
//
// # Waiting
//
// A call blocks as long as librados does. Operations on objects block until the OSD
// answers, which may be never; with the configuration option rados_osd_op_timeout they
// return ETIMEDOUT after that time. A write may have been performed nevertheless:
// errors.Is then finds ErrOutcomeUnknown.
//
// Operations on objects, Unlock, CreateSelfManagedSnap and RemoveSelfManagedSnap hold an OS thread
// only while at most 8 of them in the process are in flight, which is the fastest way for these.
// Beyond that they block just the goroutine, so thousands can wait at the same time. Notify and
// Watch never hold a thread. Conn.SetMaxInFlight bounds the calls that are in flight, and Pipeline
// keeps many operations in flight from one goroutine.
//
// Connect, commands, listings of objects, taking and listing locks, rollbacks, and the methods
// about pools and their snapshots block a thread each, and librados does not cancel them. At most
// 64 calls of a Conn do so at the same time: 32 that wait for OSDs, 16 for monitors, 8 for
// managers, and 8 of NotifyEvent.Ack (Conn.SetMaxBlockingCalls). Further calls wait for their turn
// without a thread. So the number of threads does not grow with the number of goroutines, whichever
// daemon does not answer.
//
// The forms with a context, such as WriteContext, ReadContext and OperateContext, return when the
// context is done. (SetSnapContext, WithSnapContext and OpenIOContext are no such forms.) Those of
// calls that librados does not cancel, such as MonCommandContext, do so as well: the call goes on
// in the background on a thread, and an IOContext that it opens too late is closed, a lock
// released. A write that was cancelled may have been performed nevertheless; errors.Is finds
// ErrOutcomeUnknown in its error. Its data stays in memory until the OSD takes it, and counts
// against the bytes of SetMaxInFlight meanwhile: a program that retries its writes does not run out
// of memory, but its writes wait. Shutdown and Destroy cancel the calls in flight that librados can
// cancel; of the other calls, the forms with a context return.
//
// # Errors
//
// An error has one of two shapes. Functions and methods that go-ceph has return the error of librados
// itself: a comparable value, such as ErrNotFound, with a method ErrorCode() int that returns the
// negative errno of C. Everything else returns an [ObjectError], which names the method, the pool, the
// namespace and the object, and contains such a value: forms with a context, methods such as
// [IOContext.Stat2] and [IOContext.Clone], iterators such as [IOContext.Objects], the results of
// steps, and [Task]. errors.As finds the ObjectError and errors.Is the value in it; == does not. Two
// errors have more to say: that of [Open] is an [OpenError], and operations return an
// [OperationError], which has an error for each step that failed; that of OperateContext is in an
// ObjectError.
//
// errors.Is recognises the errno of an error (syscall.ENOENT), the error of the standard library that
// it stands for (fs.ErrNotExist), and an error of another package whose ErrorCode is the same, as the
// bindings of rbd and cephfs have them. The text of an errno is that of C's strerror. Names with a NUL
// byte and other input that C can't take are refused before anything is sent.
//
// If the context ended a call, errors.Is finds ctx.Err() in its error, and context.Cause(ctx) if that
// is another error; if Shutdown or Destroy did, ErrNotConnected or ErrInvalidIOContext. If the call
// had been sent and may have changed something, errors.Is finds ErrOutcomeUnknown as well. A nil
// context is an error, EINVAL, except in Pipeline.
//
// # Observation
//
// A [Tracer] sees the start and the end of each call that may wait for the cluster, with its bytes and
// error; see [Conn.SetTracer].
// [Conn.Stats] returns the numbers of calls that are in flight and that wait. The modules
// rados/otelrados and rados/promrados connect them to OpenTelemetry and Prometheus.
//
// # Empty results
//
// The output of a command, the data of a NotifyEvent and the response of a NotifyAck are nil
// if they are empty. The value of an extended attribute or omap key that exists, and the output
// of an Exec step, is an empty slice that is not nil.
//
// # Rights
//
// If the user's capabilities forbid a call, errors.Is finds fs.ErrPermission in its error:
// operations on objects, pools and pool snapshots return ErrPermissionDenied, commands and
// Connect return EACCES. They do not wait. At OSDs Watch needs the rights to read and to
// write, Notify only to read, and Lock, like all methods that execute a class method in the
// OSD, the right to execute ("allow rwx") as well.
//
// A client that was blocklisted, as by Conn.BlocklistAdd, gets ESHUTDOWN from all
// operations on objects, and its watches end. The monitors still answer it, and OSDs still
// list objects for it. It needs a new Conn, or to be removed from the blocklist.
//
// Deleting a user or changing its capabilities does not affect OSD connections that are
// already open. A new connection needs a ticket, which is valid for an hour or two; then
// other capabilities apply, and operations of a deleted user wait as if the OSD did not
// answer (see Waiting). BlocklistAdd disconnects a client immediately.
//
// No error of this package contains a key. The log of librados, if it is configured,
// contains the user's key only if the keyring can't be parsed; but with debug_auth at
// 10 or more it contains the keys of sessions.
//
// # Resources that run out
//
// A call for which C has no memory returns ENOMEM. The process ends with "out of memory in C", as Go
// programs do, where an event of librados would be lost, and where the first call of its kind has no
// memory. librados ends the process if it cannot allocate memory or start a thread. Without file
// descriptors Connect returns EMFILE, ENFILE or ETIMEDOUT; calls of a connection need none, but if an
// OSD or monitor has restarted they wait until there are descriptors for its socket.
//
// # Output of librados
//
// Until a Conn has read a configuration file, librados writes errors to the standard error of the
// process, whatever the values of log_to_stderr, err_to_stderr and log_file, such as five lines if the
// keyring is missing (Ceph 16.2 and 18.2; 20.2 writes others, 14.2 none). After ReadConfigFile, also
// of an empty file, and NewConnWithClusterAndUser these options apply. [Conn.SetLogger], and Logger in
// the [Config] of Open, send them to a [log/slog.Logger] instead. If no address of a monitor is
// configured, or the name of its host can't be resolved, librados writes that to the standard output
// and standard error in any case. Connect returns the error as well.
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
// docs/MIGRATING.md lists all differences, and describes how a program moves that uses
// go-ceph's other packages, such as rbd, as well.
package rados
