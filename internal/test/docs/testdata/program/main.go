// The program is moved by the commands of docs/MIGRATING.md.
package main

import (
	"errors"
	"fmt"

	ceph "github.com/ceph/go-ceph/rados"

	"example.com/program/sub"
)

func main() {
	conn, err := ceph.NewConn()
	fmt.Println(conn != nil, err, errors.Is(err, ceph.ErrNotConnected), sub.Striped(nil))
}
