package radosmem_test

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/go-rados/go-rados/internal/test/exampletb"
	"github.com/go-rados/go-rados/rados/radosmem"
)

// A test has its *testing.T in the place of t.
func ExampleIntercept() {
	t := &exampletb.TB{}
	defer t.Done()

	ioctx := radosmem.Pool(t)
	radosmem.Intercept(t, ioctx, func(ctx context.Context, call *radosmem.Call) error {
		if call.Has("Append") {
			call.Perform()           // the OSDs append the data,
			return syscall.ETIMEDOUT // but their answer gets lost
		}
		return nil
	})
	err := ioctx.Append("log", []byte("line\n"))
	fmt.Println(errors.Is(err, syscall.ETIMEDOUT))
	stat, err := ioctx.Stat("log")
	fmt.Println(stat.Size, err)
	// Output:
	// true
	// 5 <nil>
}
