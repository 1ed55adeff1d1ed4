// Package radosmem is a cluster in memory, for the tests of programs that use package
// rados: they need no Ceph, no network and no configuration, and start immediately.
//
//	func TestSave(t *testing.T) {
//		ioctx := radosmem.Pool(t) // a *rados.IOContext
//		if err := app.Save(ioctx, "greeting", "hello"); err != nil {
//			t.Fatal(err)
//		}
//	}
//
// A program that imports the package is linked with its functions in the place of those of
// librados. So package rados is the real one, with all of its types: a [rados.WriteOp],
// a [rados.Watcher] and a [rados.Task] work as in production, as do packages radosio and
// radoslock, contexts, limits and tracers. The program needs no interfaces for its tests.
// [rados.Open] and [rados.NewConn] connect to the same cluster, whatever their
// configuration is. The cluster lasts as long as the process.
//
// # Faults
//
// [Intercept] has a function of the test called before each call. It makes calls fail, delays them,
// blocks them until their contexts are done, and makes calls fail after they have been performed:
//
//	radosmem.Intercept(t, ioctx, func(ctx context.Context, call *radosmem.Call) error {
//		if call.Object == "greeting" && call.Changes {
//			<-ctx.Done() // no OSD answers
//		}
//		return nil
//	})
//
// # Requirements
//
// Package rados needs cgo, so the tests do, too: a C compiler and the library librados of the
// package librados-dev, which the linker reads. Nothing of Ceph has to run.
//
// Only tests can import the package: in another program it panics when the process starts. As all
// packages of one test program share the process, a test program that imports radosmem cannot use a
// real cluster. Put tests that need one into a package of their own; package
// [github.com/go-rados/go-rados/rados/radostest] starts one for them.
//
// # Differences from Ceph
//
// The tests of package rados for object operations, listings, locks, watches and snapshots are performed with
// both clusters, and random operations are compared step by step. The cluster in memory is a
// replicated pool that no other client uses and whose calls fail only if [Intercept] makes them. It differs as follows:
//
//   - There are no monitors and daemons: commands, users and their capabilities, the monitor log, services,
//     application metadata and the blocklist return EOPNOTSUPP. Options can have any name and value, and most
//     have no effect; no configuration file is read.
//   - The only object classes are "lock", as far as package radoslock uses it, and "hello".
//   - Checksums are CRC-32C only. Others return EOPNOTSUPP.
//   - No pool is erasure-coded, full, or a cache tier.
//   - An operation may continue after [rados.WriteOp.Remove]. With snapshots OSDs can resurrect the data of the
//     object then.
//   - Objects are listed in another order.
//   - The lock of an object is no attribute of it.
//   - Package striper does not work: its New returns EOPNOTSUPP.
package radosmem
