package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/go-rados/go-rados/examples/internal/demo"
	"github.com/go-rados/go-rados/rados"
)

// show saves one namespace, and restores it into another.
func show(ctx context.Context, conn *rados.Conn, out io.Writer) error {
	pool, remove, err := demo.MakePool(conn, "backup")
	if err != nil {
		return err
	}
	defer remove()
	from, err := demo.OpenPool(conn, pool, "from")
	if err != nil {
		return err
	}
	defer from.Destroy()
	for i := range 5 {
		op := rados.CreateWriteOp()
		op.WriteFull(make([]byte, i<<20))
		op.SetXattr("number", fmt.Append(nil, i))
		op.SetOmap(map[string][]byte{"number": fmt.Append(nil, i)})
		if err := op.Operate(from, fmt.Sprintf("object %d", i), rados.OperationNoFlag); err != nil {
			return err
		}
	}
	to, err := from.WithNamespace("to")
	if err != nil {
		return err
	}
	defer to.Destroy()

	var stream bytes.Buffer
	n, err := save(ctx, from, &stream)
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	fmt.Fprintf(out, "saved %d objects in %d bytes\n", n, stream.Len())
	if n, err = restore(ctx, to, &stream, false); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	fmt.Fprintf(out, "restored %d objects:\n", n)
	for o, err := range to.Objects() {
		if err != nil {
			return err
		}
		stat, err := to.Stat(o.Name)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "  %s, %d bytes\n", o.Name, stat.Size)
	}
	return nil
}
