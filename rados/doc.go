// Package rados is a client of RADOS, Ceph's object store, on top of librados.
package rados
