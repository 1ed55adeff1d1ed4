// Package radosio makes an object of a pool what Go programs take for a file: an
// io.Reader, io.Writer, io.Seeker, io.ReaderAt and io.WriterAt in one.
//
//	obj, err := radosio.Open(ioctx, "backup.tar")
//	if err != nil {
//		return err // errors.Is(err, fs.ErrNotExist) if there is none
//	}
//	defer obj.Close()
//	entries := tar.NewReader(obj)
//
// Open opens an object that exists and Create makes it an empty one, as with
// os.Open and os.Create; but RADOS knows no modes, so both read and write. To add to an
// object, Open it and Seek to its end. To make an object without emptying the one that
// may be there, or only if there is none, call rados.IOContext.Create before Open.
//
// # Reading
//
// Read, from the second one in a row, and WriteTo fetch what comes next while the
// caller works: up to ReadAhead bytes, in pieces of ChunkSize. ReadAt goes straight
// to the cluster. What was fetched ahead is never older than the last Seek, nor than the
// last write through the same Object; but what others write meanwhile may be seen or
// not, and part of it may be seen in one chunk and not in the other.
//
// A program that can't have that has two ways: CheckVersion makes reads fail with
// ErrChanged once somebody has changed the object, and an IOContext that reads a
// snapshot (rados.IOContext.SetReadSnap) sees none of it.
//
// io.EOF is where the object ends when it is asked, so that a reader can follow an
// object that grows, by reading on after io.EOF.
//
// # Writing
//
// When Write, WriteAt or ReadFrom return, the cluster has what they wrote: there is
// nothing to flush, and Close has nothing to report. They write ChunkSize bytes at a
// time. Each chunk is written as a whole or not at all; a longer write that fails can
// leave some behind, as many as the count tells. An object can't grow beyond
// osd_max_object_size (128 MiB unless configured): errors.Is finds syscall.EFBIG
// then.
//
// # Lifetime and concurrency
//
// An Object has an IOContext of its own, cloned from the one it was opened with. It
// keeps that one's namespace, locator and read snapshot, whatever becomes of it,
// and works until Close, or until the Conn is shut down.
//
// All methods may be called by any number of goroutines. Those that move the position
// (Read, Write, Seek, WriteTo, ReadFrom) take turns, in no particular order; ReadAt and
// WriteAt don't wait for anyone, but that CheckVersion makes writes take turns.
//
// Close waits for what is being fetched ahead, so that no goroutine outlives it. How
// long an OSD may take is configured with rados_osd_op_timeout; without it, a call waits for
// as long as the OSD does not answer.
//
// # Errors
//
// Errors are *rados.ObjectError, with the operation, the pool and the object, except
// io.EOF and what the other side of ReadFrom and WriteTo returned, which come as they
// are. errors.Is finds what librados returned, fs.ErrNotExist if the object is gone,
// and fs.ErrClosed after Close.
package radosio
