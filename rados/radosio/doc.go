// Package radosio provides file-like access to an object of a pool: an Object is an
// io.Reader, io.Writer, io.Seeker, io.ReaderAt and io.WriterAt.
//
//	obj, err := radosio.Open(ioctx, "backup.tar")
//	if err != nil {
//		return err // errors.Is(err, fs.ErrNotExist) if it does not exist
//	}
//	defer obj.Close()
//	entries := tar.NewReader(obj)
//
// Open opens an existing object and Create makes it empty, like os.Open and os.Create.
// RADOS has no open modes, so both can read and write. To append to an object, call Open
// and Seek to its end. To create an object without emptying an existing one, or only
// if it does not exist, call [rados.IOContext.Create] before Open.
//
// # Reading
//
// Consecutive calls of Read, from the second one on, and WriteTo read ahead while the
// caller works: up to ReadAhead bytes, in pieces of ChunkSize. ReadAt always reads from
// the cluster. Data that was read ahead is never older than the last Seek or the last
// write through the same Object. Concurrent writes of other clients may be visible in
// one chunk and not in another.
//
// A program can exclude that in two ways: with CheckVersion, reads return ErrChanged
// after another client has changed the object, and an IOContext that reads a snapshot
// ([rados.IOContext.SetReadSnap]) does not see later changes.
//
// [ReadAll] reads an object of moderate size as a whole, without an Object.
//
// io.EOF is returned at the end that the object has at that time. A reader can follow a
// growing object by reading again after io.EOF.
//
// # Writing
//
// Write, WriteAt and ReadFrom return after the cluster has stored the data: nothing has
// to be flushed, and Close reports no errors. They write ChunkSize bytes at a time. Each
// chunk is written as a whole or not at all; a longer write that fails may have written
// some chunks, as its count shows. An object cannot grow beyond osd_max_object_size
// (128 MiB unless configured): the error is syscall.EFBIG.
//
// In an erasure-coded pool without overwrites an object can be created and then written
// sequentially: with ReadFrom, or with Writes of a multiple of the pool's alignment
// ([rados.IOContext.Alignment]). ChunkSize must be such a multiple as well. Only the last
// write may be shorter. Other writes return EOPNOTSUPP.
//
// # Lifetime and concurrency
//
// An Object has a clone of the IOContext that it was opened with. It keeps the
// namespace, locator and read snapshot of that time, and works until Close or until the
// Conn is shut down.
//
// All methods can be called by several goroutines at the same time. Methods that move the
// position (Read, Write, Seek, WriteTo, ReadFrom) run one after the other, in no
// particular order, so that the writer of WriteTo and the reader of ReadFrom must not be
// the same Object. ReadAt and WriteAt run concurrently, except that with CheckVersion a
// write excludes reads and other writes.
//
// Close cancels the reading ahead, so that no goroutine outlives it. A call blocks as
// long as an OSD does not answer, unless rados_osd_op_timeout is configured. OpenContext,
// CreateContext and the methods of an Object that WithContext returns end when a context is
// done.
//
// # Errors
//
// Errors are [*rados.ObjectError], with the operation, the pool and the object, except
// io.EOF and errors of the reader of ReadFrom and the writer of WriteTo, which are
// returned unchanged. errors.Is finds the error of librados, fs.ErrNotExist if the object
// does not exist, and fs.ErrClosed after Close.
package radosio
