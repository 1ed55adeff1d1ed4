package rados

import "context"

// CreateSelfManagedSnap returns the number of a new snapshot of the pool. It takes effect
// for an object when the object is written with it in the write context; see
// SetSelfManagedSnapContext. A pool with such snapshots can have no others: it returns
// EINVAL if there is one made by CreateSnap. It waits for the monitors for as long as they
// take.
//
// Implements:
//
//	int rados_ioctx_selfmanaged_snap_create(rados_ioctx_t io, rados_snap_t *snapid)
func (ioctx *IOContext) CreateSelfManagedSnap() (SnapID, error) { return ioctx.createSnap() }

// CreateSelfManagedSnapContext is CreateSelfManagedSnap that ends with ctx: then its error is
// an ObjectError in which errors.Is finds ctx.Err(). librados goes on with it, and a
// snapshot that comes about too late is removed again. If ctx has ended already, nothing is
// sent.
func (ioctx *IOContext) CreateSelfManagedSnapContext(ctx context.Context) (SnapID, error) {
	id, err := detached(ctx, ioctx.createSnap, func(id SnapID) { _ = ioctx.removeSnap(id) })
	return id, ioctx.wrap("CreateSelfManagedSnapContext", "", err)
}

// RemoveSelfManagedSnap removes a snapshot that CreateSelfManagedSnap made. The OSDs free its
// space in the background. It returns ErrNotFound if there never was one of that number, nil
// if it is gone already. It waits for the monitors for as long as they take.
//
// Implements:
//
//	int rados_ioctx_selfmanaged_snap_remove(rados_ioctx_t io, rados_snap_t snapid)
func (ioctx *IOContext) RemoveSelfManagedSnap(snapID SnapID) error { return ioctx.removeSnap(snapID) }

// RemoveSelfManagedSnapContext is RemoveSelfManagedSnap that ends with ctx: then its error is
// an ObjectError in which errors.Is finds both ctx.Err() and ErrOutcomeUnknown. If ctx has
// ended already, nothing is sent.
func (ioctx *IOContext) RemoveSelfManagedSnapContext(ctx context.Context, snapID SnapID) error {
	if err := refused(ctx); err != nil {
		return ioctx.wrap("RemoveSelfManagedSnapContext", "", err)
	}
	remove := func() (struct{}, error) { return struct{}{}, ioctx.removeSnap(snapID) }
	_, err := detached(ctx, remove, func(struct{}) {})
	return ioctx.wrap("RemoveSelfManagedSnapContext", "", outrun(ctx, err))
}
