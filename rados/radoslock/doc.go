// Package radoslock waits for a lock on an object and keeps it, on top of the locks of
// package rados, which neither wait nor are renewed.
//
//	m := radoslock.New(ioctx, "jobs", "compaction")
//	err := m.Do(ctx, func(ctx context.Context) error {
//		return compact(ctx) // no other client runs this at the same time
//	})
//
// Do waits for the lock, renews it while the function runs and releases it. If the lock is
// lost, the context of the function is done, and errors.Is finds ErrLost in its cause and in
// the error of Do. A program that does not fit into a function uses Lock and the Lease that
// it returns:
//
//	lease, err := m.Lock(ctx)
//	if err != nil {
//		return err
//	}
//	defer lease.Unlock(context.WithoutCancel(ctx))
//	serve(lease.Context())
//
// The locks are those of Ceph, which [rados.IOContext.Lock] and "rados lock" use as well: an
// object can have several, each with a name. They are advisory. Locking creates the object if
// it does not exist, and removing the object removes its locks. The user needs the right to
// execute class methods ("allow rwx").
//
// # How long a lock is held
//
// The OSD drops a lock when its Duration has passed since it was last taken or renewed, so that
// a crashed holder does not block others forever. A Lease renews the lock each quarter of the
// Duration. It is lost
//
//   - when the OSD answers that it is not held: it has expired, or another client has broken it
//     ([rados.IOContext.RevokeLock]). The holder notices that with the next renewal;
//   - three quarters of the Duration after the last successful renewal was sent, whether the
//     OSD has answered later requests or not. The last quarter is for the holder to finish:
//     no other client gets the lock before the Duration is over. The process measures the time
//     with its monotonic clock;
//   - when the client is blocklisted, or its Conn is shut down.
//
// The OSD decides by its own clock whether a lock has expired. That of the client may differ,
// but a step of the OSD's clock, or the difference to the clock of the OSD that takes over the
// object, changes the time that is left. It must be less than the last quarter.
//
// # How Lock waits
//
// A waiter watches the object, and a holder notifies the watchers when it releases the lock.
// The notification has the lock's name as its data; programs that watch the object for other
// purposes receive it too and must answer it. In case that a holder crashes, or releases the
// lock without this package, a waiter also looks whether the lock is free, after pauses that
// grow from 20 ms to a second, or to an eighth of the Duration if that is less.
//
// Waiters get the lock in no particular order. Each release makes all waiters answer, and some
// of them look at the lock: the more often a waiter was too late, the longer it pauses before
// it looks (64 ms at most). While no holder releases the lock, each waiter sends a message a
// second. BenchmarkHandover and BenchmarkWaiting compare that with polling alone. On two
// busy processors, with an OSD that keeps its objects in memory and clients that hold the lock
// for 5 ms each:
//
//	clients that want the lock             2     16     64           2    16    64
//	until the next has it, median        1.2    2.7    3.3 ms      18   5.6   4.2 ms polling
//	                       99 of 100     8.6     10     16 ms      30   183    93 ms
//	messages to the OSD, each release      8     27     83           5     6     8
//
// A lock that hundreds of clients want all the time should be divided.
//
// # What a lock cannot prevent
//
// A process that is paused, by SIGSTOP, a hypervisor or a full disk, may continue after its lock
// has expired and another client holds it, and does not know that yet: its monotonic clock may
// have been paused as well. A write that it then sends takes effect. A write that was sent
// before may be delayed in the network. If that matters, writes must be fenced, in one of three
// ways:
//
//   - [Lease.AssertLocked] makes a write to the locked object fail unless the lock is held.
//     This is the best way if there is one object to protect;
//   - other objects can have a number that each holder raises first and compares in its writes,
//     as with [rados.WriteOp.CmpXattr] or [rados.WriteOp.AssertVersion];
//   - a client that takes a lock away can exclude the old holder from the cluster with
//     [rados.Conn.BlocklistAdd] first, and then call RevokeLock. ListLockers returns the
//     address. That ends all work of that client, until its process opens a new Conn. A lock
//     that has expired is no longer listed; so use a Duration that is longer than it takes to
//     detect a dead holder.
//
// # Errors
//
// Errors are [*rados.ObjectError], with the operation, the pool and the object, and name the
// lock. errors.Is finds rados.ErrLocked if another client holds the lock, ErrLost, the error of
// librados, and if a context ended the call ctx.Err() and context.Cause(ctx). rados.ErrOutcomeUnknown
// in an error of Lock means that the OSD may have granted the lock after all. It is then released in
// the background.
//
// No method holds a thread while it waits.
package radoslock
