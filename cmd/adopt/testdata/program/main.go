// The program uses package rados together with another package of go-ceph. It prints the handle, which tells
// whose Conn it is.
package main

import (
	"errors"
	"fmt"

	"github.com/ceph/go-ceph/rados"
	"github.com/ceph/go-ceph/rbd"
)

func main() {
	conn, err := rados.NewConn()
	fmt.Println(rbd.Use(conn), err)
	fmt.Println(errors.Is(rbd.ErrNotFound, rados.ErrNotFound), errors.Is(rados.ErrNotFound, rbd.ErrNotFound))
	fmt.Println(errors.Is(rbd.ErrNotFound, rados.ErrNotConnected), errors.Is(rados.ErrNotConnected, rbd.ErrNotFound))
	saved := rados.ErrNotFound
	saved = errors.New("variables of go-ceph are errors")
	fmt.Println(saved)
}
