// Package rados is a small go-ceph.
package rados

type Conn struct{ handle int }

func NewConn() (*Conn, error) { return &Conn{}, nil }

func (c *Conn) Cluster() int { return c.handle }

func unexported() {}
