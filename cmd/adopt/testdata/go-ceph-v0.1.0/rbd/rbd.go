package rbd

import "github.com/ceph/go-ceph/rados"

func Use(c *rados.Conn) int { return c.Cluster() }
