module github.com/ceph/go-ceph

go 1.21
