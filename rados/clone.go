package rados

import (
	"context"

	"github.com/go-rados/go-rados/internal/throttle"
)

// Clone opens the same pool once more and sets on the copy what is set on ioctx: its
// namespace, locator, read snapshot, write context (SetSelfManagedSnapContext) and what
// SetPoolFullTry says. From then on each goes its own way, GetLastVersion included. It
// needs no word with the cluster, and the copy must be ended with Destroy. It returns
// ErrNotFound if the pool has been deleted, in an ObjectError like all errors.
func (ioctx *IOContext) Clone() (*IOContext, error) {
	c, err := ioctx.clone()
	return c, ioctx.wrap("Clone", "", err)
}

func (ioctx *IOContext) clone() (*IOContext, error) {
	lane, err := ioctx.enter() // one that refuses calls has no pool to tell
	if err != nil {
		return nil, err
	}
	defer ioctx.exit(lane)
	room, err := ioctx.acquire(context.Background(), throttle.Mon) // which closing ioctx ends
	if err != nil {
		return nil, err
	}
	c, err := ioctx.conn.openIOContextByID(ioctx.GetPoolID())
	room.Exit(0)
	if err != nil {
		return nil, err
	}
	if err := ioctx.settings.Apply(c); err != nil {
		c.Destroy()
		return nil, err
	}
	return c, nil
}

// WithNamespace is Clone with another namespace. It returns ErrNameContainsNUL for one
// with a NUL byte inside.
func (ioctx *IOContext) WithNamespace(namespace string) (*IOContext, error) {
	c, err := ioctx.clone()
	if err != nil {
		return nil, ioctx.wrap("WithNamespace", "", err)
	}
	c.SetNamespace(namespace)
	lane, err := c.enter() // refuses if the namespace can't be set
	if err != nil {
		c.Destroy()
		return nil, ioctx.wrap("WithNamespace", "", err)
	}
	c.exit(lane)
	return c, nil
}
