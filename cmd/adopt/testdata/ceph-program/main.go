// The program uses package rados of go-ceph together with rbd and cephfs, which take its types. It writes
// and reads through each of them, and prints what it has read.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/ceph/go-ceph/cephfs"
	"github.com/ceph/go-ceph/rados"
	"github.com/ceph/go-ceph/rbd"
)

const pool = "adopt"

func main() {
	conn, err := rados.NewConnWithUser("admin")
	check(err)
	check(conn.ReadConfigFile(os.Getenv("CEPH_CONF")))
	check(conn.Connect())
	defer conn.Shutdown()
	check(conn.MakePool(pool))
	ioctx, err := conn.OpenIOContext(pool)
	check(err)
	defer ioctx.Destroy()

	objects(ioctx)
	images(ioctx)
	files(conn)
	check(conn.DeletePool(pool))
}

func objects(ioctx *rados.IOContext) {
	check(ioctx.WriteFull("object", []byte("an object")))
	data := make([]byte, 64)
	n, err := ioctx.Read("object", data, 0)
	check(err)
	_, err = ioctx.Stat("none")
	fmt.Printf("rados: %s, %v\n", data[:n], err == rados.ErrNotFound)
}

func images(ioctx *rados.IOContext) {
	options := rbd.NewRbdImageOptions()
	defer options.Destroy()
	check(rbd.CreateImage(ioctx, "image", 1<<22, options))
	image, err := rbd.OpenImage(ioctx, "image", rbd.NoSnapshot)
	check(err)
	_, err = image.WriteAt([]byte("an image"), 4096)
	check(err)
	data := make([]byte, 8)
	_, err = image.ReadAt(data, 4096)
	check(err)
	check(image.Close())
	check(rbd.RemoveImage(ioctx, "image"))
	_, err = rbd.OpenImage(ioctx, "image", rbd.NoSnapshot)
	fmt.Printf("rbd: %s, %v, %v\n", data, errors.Is(err, rbd.ErrNotFound), errors.Is(err, rados.ErrNotFound))
}

func files(conn *rados.Conn) {
	mount, err := cephfs.CreateFromRados(conn)
	check(err)
	defer mount.Release()
	check(mount.Mount())
	defer mount.Unmount()
	file, err := mount.Open("/file", os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	check(err)
	_, err = file.WriteAt([]byte("a file"), 0)
	check(err)
	data := make([]byte, 6)
	_, err = file.ReadAt(data, 0)
	check(err)
	check(file.Close())
	_, err = mount.Open("/none", os.O_RDONLY, 0)
	fmt.Printf("cephfs: %s, %v, %v\n", data, errors.Is(err, cephfs.ErrNotExist), errors.Is(err, rados.ErrNotFound))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
