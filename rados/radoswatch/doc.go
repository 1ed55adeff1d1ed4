// Package radoswatch watches an object, watches it again when the watch is lost, and reports
// when notifications may have been missed, on top of the watches of package rados, which end
// when they are lost.
//
//	for event, err := range radoswatch.Events(ctx, ioctx, "config") {
//		if err != nil {
//			return err
//		}
//		if event.Gap != nil {
//			log.Printf("notifications before %v may have been missed", event.Gap.To)
//		}
//		if err := reload(ctx); err != nil { // for a notification, and after a gap
//			return err
//		}
//	}
//
// # Gaps
//
// No client receives the notifications that are sent while it has no watch. So a program reads
// the state that the notifications are about whenever a watch has started, which includes the
// first time. [Events] yields an Event with a [Gap] then.
//
// librados keeps a watch while OSDs restart and connections fail. The watch is lost, and Events
// watches the object again, if
//
//   - the client could not be reached for longer than the timeout of the watch;
//   - rados_osd_op_timeout is configured and the OSD did not answer for that long;
//   - the object was removed, and there is a new object with its name.
//
// # End
//
// Events yields an error last and ends if
//
//   - the context is done, with the error of the context and its cause;
//   - the object does not exist, or has been removed, with [rados.ErrNotFound];
//   - the IOContext or its Conn is closed, with [rados.ErrInvalidIOContext] or
//     [rados.ErrNotConnected];
//   - the client was blocklisted, with the error of syscall.ESHUTDOWN: only a new Conn can
//     watch again;
//   - the object can't be watched for another reason, with the error of
//     [rados.IOContext.WatchWithTimeoutContext].
//
// All are a *rados.ObjectError, or contain one, which names the pool and the object.
package radoswatch
