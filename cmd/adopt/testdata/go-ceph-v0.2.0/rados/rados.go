// Package rados is a small go-ceph.
package rados

import "github.com/ceph/go-ceph/internal/errutil"

type Conn struct{ handle int }

func NewConn() (*Conn, error) { return &Conn{}, nil }

func (c *Conn) Cluster() int { return c.handle }
func (c *Conn) Lacking() int { return c.handle }

var (
	ErrNotConnected = getError(-107)
	ErrNotFound     = getError(-2)
	RadosNotFound   = ErrNotFound
)

func getError(code int) error { return errutil.GetError("rados", code) }

const (
	Snap    = 1
	Missing = 2
	Mixed   = 3
)

type Level int
