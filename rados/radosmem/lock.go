//go:build cgo

package radosmem

import (
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/internal/memstore"
)

import "C"

func lockRequest(r *request) *memstore.LockRequest {
	request := &memstore.LockRequest{
		Name: r.text(3), Cookie: r.text(4), Tag: r.text(5), Description: r.text(6), Type: memstore.Shared,
		Duration: time.Duration(r.number(7)) * time.Microsecond,
		Flags:    byte(r.number(8)),
	}
	if r.number(2) != 0 {
		request.Type = memstore.Exclusive
	}
	return request
}

// isClient reports whether name is that of a client.
func isClient(name string) bool {
	number, ok := strings.CutPrefix(name, "client.")
	_, err := strconv.ParseUint(number, 10, 64)
	return ok && err == nil
}

// listLockers returns the holders of a lock in four lists, each of texts with a NUL.
func listLockers(p *memstore.Pool, v memstore.View, object, name string, args args) result {
	kind, tag, holders, code := p.Lockers(v, object, name)
	if code < 0 {
		return result{ret: int64(code)}
	}
	lists := [4][]byte{append([]byte(tag), 0)}
	for _, h := range holders {
		for i, text := range []string{h.Client, h.Cookie, h.Address} {
			lists[i+1] = append(append(lists[i+1], text...), 0)
		}
	}
	ret := int64(len(holders))
	for i, list := range lists {
		at, size := args.number(4+2*i), args.pointer(5+2*i)
		length := (*C.size_t)(size)
		if uint64(len(list)) > uint64(*length) {
			ret = errno(syscall.ERANGE)
		} else {
			fill(at, uint64(*length), list)
		}
		*length = C.size_t(len(list))
	}
	if ret >= 0 {
		exclusive := C.int(0)
		if kind == memstore.Exclusive {
			exclusive = 1
		}
		store(args.number(3), exclusive)
	}
	return result{ret: ret}
}
