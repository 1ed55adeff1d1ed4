package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
)

// save takes a snapshot of the pool and writes what the namespace has in it. It returns
// how many objects that are.
func save(ctx context.Context, ioctx *rados.IOContext, w io.Writer) (n int, err error) {
	name := fmt.Sprintf("backup-%s-%d", time.Now().UTC().Format("20060102T150405.000"), os.Getpid())
	err = ioctx.CreateSnap(name)
	if errors.Is(err, syscall.EINVAL) {
		return 0, fmt.Errorf("the pool's snapshots are managed by its users (RBD?): %w", err)
	}
	if err != nil {
		return 0, fmt.Errorf("take a snapshot: %w", err)
	}
	defer func() {
		if failed := ioctx.RemoveSnap(name); failed != nil {
			err = errors.Join(err, fmt.Errorf("remove the snapshot %s: %w", name, failed))
		}
	}()
	past, err := openSnap(ioctx, name)
	if err != nil {
		return 0, fmt.Errorf("open the snapshot %s: %w", name, err)
	}
	defer past.Destroy()
	return saveAll(ctx, past, tar.NewWriter(w))
}

// openSnap is ioctx as it was when a snapshot was taken.
func openSnap(ioctx *rados.IOContext, name string) (*rados.IOContext, error) {
	id, err := ioctx.LookupSnap(name)
	if err != nil {
		return nil, err
	}
	return ioctx.WithReadSnap(id)
}

// saveAll saves all objects. A listing knows no snapshots: it has objects that were
// created later, which are skipped, and those that were removed later, until no
// snapshot has them.
func saveAll(ctx context.Context, past *rados.IOContext, w *tar.Writer) (n int, err error) {
	for o, err := range past.Objects() {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return n, err
		}
		err = saveObject(ctx, past, w, n+1, o)
		switch {
		case errors.Is(err, errNotThen):
		case err != nil:
			return n, fmt.Errorf("object %q: %w", o.Name, err)
		default:
			n++
		}
	}
	if err := document(w, endFile, end{n}); err != nil {
		return n, err
	}
	return n, w.Close()
}

// errNotThen is what comes of an object that is not in the snapshot.
var errNotThen = errors.New("not in the snapshot")

func saveObject(ctx context.Context, past *rados.IOContext, w *tar.Writer, n int, o rados.Object) error {
	if o.Locator != "" {
		own, err := past.WithLocator(o.Locator)
		if err != nil {
			return err
		}
		defer own.Destroy()
		past = own
	}
	op := rados.CreateReadOp()
	stat, xattrs := op.Stat(), op.GetXattrs()
	err := op.Operate(past, o.Name, rados.OperationNoFlag)
	if errors.Is(err, fs.ErrNotExist) {
		return errNotThen
	}
	if err != nil {
		return err
	}
	st, _ := stat.Stat() // the steps have succeeded if the operation has
	attrs, _ := xattrs.Xattrs()
	doc := object{Name: []byte(o.Name), Locator: []byte(o.Locator)}
	for name, value := range attrs {
		doc.Xattrs = append(doc.Xattrs, pair{[]byte(name), value})
	}
	if err := document(w, objectFile(n), doc); err != nil {
		return err
	}
	if err := saveOmap(past, w, n, o.Name); err != nil {
		return err
	}
	return saveData(ctx, past, w, n, o.Name, st)
}

// An omap can be larger than the memory, and is saved and restored in pages. These
// are the sizes at which a page ends.
const (
	pageEntries = 1000
	pageBytes   = 4 << 20
)

func saveOmap(past *rados.IOContext, w *tar.Writer, n int, oid string) error {
	var page []pair
	pages, bytes := 0, 0
	flush := func() error {
		if len(page) == 0 {
			return nil
		}
		pages++
		err := document(w, omapFile(n, pages), page)
		page, bytes = page[:0], 0
		return err
	}
	for kv, err := range past.Omap(oid, "", "") {
		if err != nil {
			return err
		}
		page = append(page, pair{[]byte(kv.Key), kv.Value})
		bytes += len(kv.Key) + len(kv.Value)
		if len(page) < pageEntries && bytes < pageBytes {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	return flush()
}

func saveData(ctx context.Context, past *rados.IOContext, w *tar.Writer, n int, oid string, stat rados.ObjectStat) error {
	if err := file(w, dataFile(n), int64(stat.Size), stat.ModTime); err != nil {
		return err
	}
	if stat.Size == 0 {
		return nil
	}
	obj, err := radosio.Open(past, oid)
	if err != nil {
		return err
	}
	defer obj.Close()
	_, err = io.Copy(w, interruptible{ctx, obj})
	return err
}
