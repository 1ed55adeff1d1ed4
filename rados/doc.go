// Package rados is a client of RADOS, the object store of Ceph. It uses the C
// library librados.
//
// A [Conn] is a connection to a cluster. An [IOContext], which a Conn opens, reads
// and writes the objects of a pool:
//
//	conn, err := rados.Open(ctx, rados.Config{})
//	// handle err, here and below
//	defer conn.Shutdown()
//	ioctx, err := conn.OpenIOContext("mypool")
//	defer ioctx.Destroy()
//	err = ioctx.WriteFull("greeting", []byte("Hello, RADOS!"))
//
// The [guide] describes how to connect, set timeouts, retry, lock, watch, reach
// throughput, test and troubleshoot, with code that the tests run.
//
// An object has data ([IOContext.Read], [IOContext.Write]), extended attributes
// ([IOContext.GetXattr], [IOContext.SetXattr], [IOContext.Xattrs]) and an omap,
// which is a sorted list of keys with values ([IOContext.SetOmap],
// [IOContext.Omap]). A [ReadOp] or [WriteOp] combines several steps on one object
// into one atomic operation. [IOContext.Objects] lists the objects of a pool.
// [IOContext.Lock] and [IOContext.RLock] take advisory locks. [IOContext.Watch]
// and [IOContext.Notify] pass messages between clients that use the same object.
//
// Most names are those of go-ceph, on which programs rely. Where Go has newer
// idioms, a second form exists: [Open] is [NewConn] with the calls that follow it,
// Objects is Iter for range-over-func, Lock is LockExclusive that returns an
// error, WriteContext is Write with a context.
//
// # Concurrency and lifetime
//
// All types are safe for concurrent use, unless their documentation excludes it. A
// method of a value that is closed, or that is closed during the call, returns an
// error. Closing a value twice has no effect. The C objects that a call uses exist
// until the call returns, so neither [Conn.Shutdown] nor the garbage collector
// frees them earlier. The garbage collector frees values that are never closed,
// except a [Watcher] and a [LogMonitor], which run until they are closed.
//
// Conn, IOContext, Watcher and LogMonitor are closed by Shutdown, Destroy, Delete
// and Stop, as in go-ceph. Each of them also has a method Close with the same
// effect, so that it is an [io.Closer]. Only the Close of a Watcher blocks and
// returns errors. [Iter.Close] has no result, as in go-ceph.
//
// Settings of an IOContext, such as its namespace, apply to all goroutines that
// use it. [IOContext.WithNamespace] and similar methods return an independent
// IOContext, as does [IOContext.Clone].
//
// # Waiting
//
// A call blocks as long as librados does. Operations on objects block until the
// OSD answers, which may never happen. With the configuration option
// rados_osd_op_timeout they return ETIMEDOUT after that time. A write may have
// been performed nevertheless: errors.Is then finds [ErrOutcomeUnknown].
//
// Operations on objects, Unlock, CreateSelfManagedSnap and RemoveSelfManagedSnap
// block an OS thread only while at most 8 of them are in flight in the process,
// because that is fastest. Beyond that they block only the goroutine, so thousands
// can wait at the same time. Notify and Watch never block a thread.
// [Conn.SetMaxInFlight] limits the calls that are in flight, and a [Pipeline]
// keeps many operations in flight from one goroutine.
//
// Connect, commands, listings of objects, taking and listing locks, rollbacks, and
// the methods about pools and their snapshots block a thread each, and librados
// does not cancel them. At most 64 calls of a Conn do so at the same time: 32 that
// wait for OSDs, 16 for monitors, 8 for managers, and 8 of NotifyEvent.Ack; see
// [Conn.SetMaxBlockingCalls]. Further calls wait for admission without a thread.
// So the number of threads does not grow with the number of goroutines, whichever
// daemon does not answer.
//
// The forms with a context, such as WriteContext, ReadContext and OperateContext,
// return when the context is done. (SetSnapContext, WithSnapContext and
// OpenIOContext are not such forms.) Forms of calls that librados does not cancel,
// such as MonCommandContext, return as well, and the call continues in the
// background on a thread. If such a call succeeds later, an IOContext that it
// opened is closed, and a lock that it took is released.
//
// A write that was cancelled may have been performed nevertheless; errors.Is finds
// ErrOutcomeUnknown in its error. Its data stays in memory until the OSD takes it,
// and counts against the bytes of SetMaxInFlight until then: a program that
// retries its writes does not run out of memory, but its writes wait.
//
// Shutdown and Destroy cancel the calls in flight that librados can cancel. Of
// other calls, the forms with a context return.
//
// # Errors
//
// An error has one of two forms. Functions and methods that go-ceph has return the
// error of librados itself: a comparable value, such as [ErrNotFound], with a
// method ErrorCode() int that returns the negative errno of C. All others return
// an [ObjectError], which names the method, the pool, the namespace, the object,
// and what else the arguments name, such as a snapshot or a lock. It contains such
// a value: forms with a context, methods such as [IOContext.Stat2] and
// [IOContext.Clone], iterators such as [IOContext.Objects], the results of steps,
// and [Task]. errors.As finds the ObjectError and errors.Is the value in it; ==
// does not. Two errors have more details: [Open] returns an [OpenError], and
// operations return an [OperationError], which has an error for each step that
// failed. OperateContext returns it in an ObjectError.
//
// The text of a comparable value, such as "rados: ret=-2, No such file or
// directory", does not tell which pool, file or option is meant. Each method that
// returns one has a counterpart whose error does:
//   - Open for [NewConn], [Conn.ReadConfigFile], [Conn.SetConfigOption] and the
//     like, followed by [Conn.Connect]: the option, file, user, keyring or monitors
//     at fault
//   - [Conn.ConnectContext] for Connect of a Conn that is configured in another
//     way: the user, keyring or monitors at fault
//   - the form with a context for all other methods, such as
//     [Conn.OpenIOContextContext] for [Conn.OpenIOContext]
//
// errors.Is finds in an error its errno (syscall.ENOENT), the equivalent error of
// the standard library (fs.ErrNotExist), and an error of another package with the
// same ErrorCode, such as the bindings of rbd and cephfs. The text of an errno is
// that of strerror in C. Names with a NUL byte and other arguments that C can't
// take return an error before anything is sent.
//
// If the context ended a call, errors.Is finds ctx.Err() in its error, and
// context.Cause(ctx) if that is another error. If Shutdown or Destroy ended it,
// errors.Is finds [ErrNotConnected] or [ErrInvalidIOContext]. If the call had been
// sent and may have changed something, errors.Is also finds [ErrOutcomeUnknown]. A
// nil context is the error EINVAL, except in Pipeline.
//
// # Observation
//
// A [Tracer] observes the start and the end of each call that may wait for the
// cluster, with its bytes and error; see [Conn.SetTracer]. [Conn.Stats] returns
// the numbers of calls that are in flight and that wait. The modules
// rados/otelrados and rados/promrados connect them to OpenTelemetry and
// Prometheus.
//
// # Empty results
//
// The output of a command, the data of a NotifyEvent and the response of a
// NotifyAck are nil if they are empty. The value of an existing extended attribute
// or omap key, and the output of an Exec step, is an empty slice that is not nil.
//
// # Rights
//
// If the capabilities of the user do not permit a call, errors.Is finds
// fs.ErrPermission in its error: operations on objects, pools and pool snapshots
// return [ErrPermissionDenied], commands and Connect return EACCES. They do not
// wait. At OSDs, Watch needs the capabilities to read and to write, Notify only to
// read. Lock, like all methods that execute a class method in the OSD, also needs
// the capability to execute ("allow rwx").
//
// If a client is blocklisted, for instance by [Conn.BlocklistAdd], all its
// operations on objects return ESHUTDOWN, and its watches end. The monitors still
// answer it, and OSDs still list objects for it. The client needs a new Conn, or
// must be removed from the blocklist.
//
// Deleting a user or changing its capabilities does not affect OSD connections
// that are already open. A new connection needs a ticket, which is valid for an
// hour or two; then other capabilities apply, and operations of a deleted user
// wait as if the OSD did not answer (see Waiting). BlocklistAdd disconnects a
// client immediately.
//
// No error of this package contains a key. The log of librados, if it is
// configured, contains the key of the user only if the keyring can't be parsed;
// but with debug_auth at 10 or more it contains the keys of sessions.
//
// # Exhausted resources
//
// A call for which C has no memory returns ENOMEM. The process ends with "out of
// memory in C", as Go programs do, if the memory for an event of librados is
// missing, or the memory for the first call of its kind. librados ends the process
// if it can't allocate memory or start a thread. Without file descriptors Connect
// returns EMFILE, ENFILE or ETIMEDOUT. Calls of a connection need no file
// descriptors, but after an OSD or monitor has restarted they wait until its
// socket gets a descriptor.
//
// # Output of librados
//
// Until a Conn has read a configuration file, librados writes errors to the
// standard error of the process, whatever the values of log_to_stderr,
// err_to_stderr and log_file, for instance five lines if the keyring is missing
// (Ceph 16.2 and 18.2; 20.2 writes others, 14.2 none). After ReadConfigFile, even
// of an empty file, and NewConnWithClusterAndUser these options apply.
// [Conn.SetLogger], and Logger in the [Config] of Open, send the log to a
// [log/slog.Logger] instead, which may discard it.
//
// If no address of a monitor is configured, or the host name of a monitor can't be
// resolved, librados writes that to the standard output and standard error in any
// case. Connect returns the error as well.
//
// # Releases
//
// The package builds with the librados of Ceph 14.2 to 20.2 and runs with any of
// them. If a method needs a newer release than 14.2, its documentation names it.
//
// # Coming from go-ceph
//
// The package is compatible with github.com/ceph/go-ceph/rados: it has the same
// names with the same signatures, and a program moves by changing the import path.
// Three differences are intentional:
//   - A nil *IOContext, *ReadOp or *WriteOp passed to a method, or used as its
//     receiver, makes the method return an error where go-ceph panics.
//   - Conn.GetFSID before Connect returns ErrNotConnected where go-ceph returns a
//     UUID of zeros.
//   - A ReadOp or WriteOp can be performed once: Operate returns ErrOperationUsed
//     the second time, where go-ceph returns nil although nothing was sent.
//
// [docs/MIGRATING.md] lists all differences, and describes how to move a program
// that also uses other packages of go-ceph, such as rbd.
//
// [docs/MIGRATING.md]: https://github.com/go-rados/go-rados/blob/main/docs/MIGRATING.md
// [guide]: https://github.com/go-rados/go-rados/blob/main/docs/GUIDE.md
package rados
