package radosio

import "github.com/go-rados/go-rados/rados"

// These are the operations of an Object with CheckVersion. Reads share the lock of the
// version; a write holds it exclusively until it knows the new version.

// readVersion reads at off.
func (o *Object) readVersion(p []byte, off int64) (int, error) {
	op := rados.CreateReadOp()
	if err := o.versionLock.rLock(o.ctx); err != nil {
		return 0, err
	}
	defer o.versionLock.rUnlock()
	op.AssertVersion(o.version)
	step := op.Read(uint64(off), p)
	err := op.OperateContext(o.ctx, o.ioctx, o.oid, rados.OperationNoFlag)
	return int(step.BytesRead), err
}

// statVersion returns the size.
func (o *Object) statVersion() (size int64, err error) {
	op := rados.CreateReadOp()
	if err := o.versionLock.rLock(o.ctx); err != nil {
		return 0, err
	}
	defer o.versionLock.rUnlock()
	op.AssertVersion(o.version)
	step := op.Stat()
	if err := op.OperateContext(o.ctx, o.ioctx, o.oid, rados.OperationNoFlag); err != nil {
		return 0, err
	}
	stat, err := step.Stat()
	return clamp(stat.Size), err
}

// writeVersion writes at off. AssertExists prevents a write from creating a removed
// object again.
func (o *Object) writeVersion(p []byte, off int64) error {
	op := rados.CreateWriteOp()
	if err := o.versionLock.lock(o.ctx); err != nil {
		return err
	}
	defer o.versionLock.unlock()
	op.AssertExists()
	op.AssertVersion(o.version)
	op.Write(p, uint64(off))
	err := op.OperateContext(o.ctx, o.ioctx, o.oid, rados.OperationNoFlag)
	if err != nil {
		return err
	}
	o.version, err = o.ioctx.GetLastVersion()
	return err
}
