package radoslock_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/go-rados/go-rados/internal/test/exampletb"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radoslock"
)

// examplePool replaces the code that connects and opens a pool.
func examplePool() (ioctx *rados.IOContext, done func()) {
	tb := &exampletb.TB{}
	return space(tb), tb.Done
}

// Any number of processes can run this: their functions run one after the other.
func Example() {
	ioctx, done := examplePool()
	defer done()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	m := radoslock.New(ioctx, "jobs", "compaction", radoslock.Description("nightly compaction"))
	err := m.Do(ctx, func(ctx context.Context) error {
		for i := range 3 {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx) // the time is over, or the lock is lost
			}
			fmt.Println("step", i+1)
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// step 1
	// step 2
	// step 3
}

func ExampleMutex_Lock() {
	ioctx, done := examplePool()
	defer done()

	ctx := context.Background()
	lease, err := radoslock.New(ioctx, "service", "leader").Lock(ctx)
	if err != nil {
		log.Fatal(err)
	}
	if err := lease.Context().Err(); err == nil {
		fmt.Println("leading") // until lease.Context() is done
	}
	if err := lease.Unlock(ctx); err != nil {
		log.Fatal(err)
	}
	// Output: leading
}

func ExampleMutex_TryLock() {
	ioctx, done := examplePool()
	defer done()

	ctx := context.Background()
	m := radoslock.New(ioctx, "jobs", "compaction")
	lease, err := m.TryLock(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer lease.Unlock(ctx)

	_, err = m.TryLock(ctx) // or another process
	fmt.Println(errors.Is(err, rados.ErrLocked))
	// Output: true
}

// A write with AssertLocked has no effect after the lock was lost, whatever the process knows
// about that.
func ExampleLease_AssertLocked() {
	ioctx, done := examplePool()
	defer done()

	err := radoslock.New(ioctx, "state", "owner").Do(context.Background(), func(ctx context.Context) error {
		lease, _ := radoslock.FromContext(ctx)
		save := func(state string) error {
			op := rados.CreateWriteOp()
			lease.AssertLocked(op)
			op.WriteFull([]byte(state))
			return op.OperateContext(ctx, ioctx, "state", rados.OperationNoFlag)
		}
		if err := save("first"); err != nil {
			return err
		}

		holders, err := ioctx.ListLockers("state", "owner") // another client takes the lock away
		if err != nil {
			return err
		}
		if err := ioctx.RevokeLock("state", "owner", holders.Clients[0], holders.Cookies[0]); err != nil {
			return err
		}

		fmt.Println(errors.Is(save("second"), rados.ErrLocked))
		return nil
	})
	fmt.Println(errors.Is(err, radoslock.ErrLost))
	// Output:
	// true
	// true
}
