module example.com/program

go 1.22

require github.com/ceph/go-ceph v0.2.0
