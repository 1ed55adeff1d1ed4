package rados

import "time"

// LockOptions say how a lock is taken. The zero value takes a lock without a cookie
// that stays until it is released.
type LockOptions struct {
	// Cookie tells this lock from others of the same client.
	Cookie string
	// Description is for people.
	Description string
	// Duration is after what time the lock is given up by itself; 0 means never.
	Duration time.Duration
	// Flags say what happens if the client holds the lock already.
	Flags LockFlags
}

// Lock takes the lock called name on object oid for this client alone. It is
// LockExclusive that says with an error if the lock can't be taken: ErrLocked if
// another client holds it, ErrLockHeld if this client does, with the same cookie,
// unless Flags ask to renew it. It does not wait for the lock. The object is created
// if it does not exist.
func (ioctx *IOContext) Lock(oid, name string, opts LockOptions) error {
	flags := byte(opts.Flags)
	code, err := ioctx.LockExclusive(oid, name, opts.Cookie, opts.Description, opts.Duration, &flags)
	return ioctx.wrap("Lock", oid, ruled(code, err))
}

// RLock takes the lock called name on object oid together with all that take it that
// way and with the same tag. Otherwise it is like Lock, for LockShared.
func (ioctx *IOContext) RLock(oid, name, tag string, opts LockOptions) error {
	flags := byte(opts.Flags)
	code, err := ioctx.LockShared(oid, name, opts.Cookie, tag, opts.Description, opts.Duration, &flags)
	return ioctx.wrap("RLock", oid, ruled(code, err))
}

// ReleaseLock gives up a lock of this client. It is Unlock that returns ErrNotFound if
// the client does not hold the lock with that cookie.
func (ioctx *IOContext) ReleaseLock(oid, name, cookie string) error {
	return ioctx.wrap("ReleaseLock", oid, ruled(ioctx.Unlock(oid, name, cookie)))
}

// RevokeLock takes a lock away from the client that holds it. It is BreakLock that
// returns ErrNotFound if the client does not hold the lock with that cookie, and
// EINVAL if client is malformed.
func (ioctx *IOContext) RevokeLock(oid, name, client, cookie string) error {
	return ioctx.wrap("RevokeLock", oid, ruled(ioctx.BreakLock(oid, name, client, cookie)))
}

// ruled makes an error of a code that is an answer.
func ruled(code int, err error) error {
	if err != nil {
		return err
	}
	return asError(code)
}
