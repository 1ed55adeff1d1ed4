package fakerados_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/rados/internal/fakerados"
)

func TestNoAllocations(t *testing.T) {
	ioctx := opened(t)
	fakerados.Answer("rados_read", "content")
	fakerados.Answer("rados_getxattr", "value")
	buf := make([]byte, 64)
	for name, call := range map[string]func() error{
		"Append":    func() error { return ioctx.Append("object", data) },
		"Delete":    func() error { return ioctx.Delete("object") },
		"GetXattr":  func() error { return second(ioctx.GetXattr("object", "xattr", buf)) },
		"Read":      func() error { return second(ioctx.Read("object", buf, 0)) },
		"RmXattr":   func() error { return ioctx.RmXattr("object", "xattr") },
		"SetXattr":  func() error { return ioctx.SetXattr("object", "xattr", data) },
		"Stat":      func() error { return second(ioctx.Stat("object")) },
		"Truncate":  func() error { return ioctx.Truncate("object", 7) },
		"Write":     func() error { return ioctx.Write("object", data, 0) },
		"WriteFull": func() error { return ioctx.WriteFull("object", data) },
	} {
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if err := call(); err != nil {
				t.Error(err)
			}
		}), name)
	}
}
