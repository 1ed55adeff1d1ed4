module github.com/go-rados/go-rados

go 1.23
