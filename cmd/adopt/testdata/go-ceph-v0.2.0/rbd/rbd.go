package rbd

import (
	"github.com/ceph/go-ceph/internal/errutil"
	"github.com/ceph/go-ceph/rados"
)

var ErrNotFound = errutil.GetError("rbd", -2)

func Use(c *rados.Conn) int { return c.Cluster() }
