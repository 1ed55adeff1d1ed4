package main

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
)

// restorer makes objects of the files of a stream.
type restorer struct {
	ioctx     *rados.IOContext
	overwrite bool
	tar       *tar.Reader
}

// restore makes the objects that r has, and returns how many that are. When it fails,
// the last one may be there in part.
func restore(ctx context.Context, ioctx *rados.IOContext, r io.Reader, overwrite bool) (n int, err error) {
	own, err := ioctx.Clone() // for the locators
	if err != nil {
		return 0, err
	}
	defer own.Destroy()
	re := &restorer{ioctx: own, overwrite: overwrite, tar: tar.NewReader(interruptible{ctx, r})}
	for {
		more, err := re.next(n + 1)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // end.json comes before the end
		}
		if err != nil || !more {
			return n, err
		}
		n++
	}
}

// next restores object number n, or finds the end of the stream.
func (re *restorer) next(n int) (more bool, err error) {
	header, err := re.tar.Next()
	if err != nil {
		return false, err
	}
	switch header.Name {
	case objectFile(n):
		return true, re.object(n)
	case endFile:
		return false, re.end(n - 1)
	}
	return false, fmt.Errorf("unexpected file %q in the stream", header.Name)
}

func (re *restorer) document(value any) error { return json.NewDecoder(re.tar).Decode(value) }

func (re *restorer) end(n int) error {
	var e end
	if err := re.document(&e); err != nil {
		return fmt.Errorf("%s: %w", endFile, err)
	}
	if e.Objects != n {
		return fmt.Errorf("%d objects were saved, and %d are in the stream", e.Objects, n)
	}
	return nil
}

func (re *restorer) object(n int) error {
	var o object
	if err := re.document(&o); err != nil {
		return fmt.Errorf("%s: %w", objectFile(n), err)
	}
	oid := string(o.Name)
	re.ioctx.SetLocator(string(o.Locator))
	if err := re.create(oid, o.Xattrs); err != nil {
		return fmt.Errorf("object %q: %w", oid, err)
	}
	if err := re.content(n, oid); err != nil {
		return fmt.Errorf("object %q: %w", oid, err)
	}
	return nil
}

// create makes the empty object with its attributes.
func (re *restorer) create(oid string, xattrs []pair) error {
	if re.overwrite {
		err := re.ioctx.Delete(oid)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	op := rados.CreateWriteOp()
	op.Create(rados.CreateExclusive)
	for _, x := range xattrs {
		op.SetXattr(string(x.Key), x.Value)
	}
	err := op.Operate(re.ioctx, oid, rados.OperationNoFlag)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w; -overwrite replaces it", err)
	}
	return err
}

// content restores the files after object.json: pages of the omap, and the data.
func (re *restorer) content(n int, oid string) error {
	for page := 1; ; page++ {
		header, err := re.tar.Next()
		if err != nil {
			return err
		}
		switch header.Name {
		case omapFile(n, page):
			if err := re.omap(oid); err != nil {
				return fmt.Errorf("%s: %w", header.Name, err)
			}
		case dataFile(n):
			return re.data(oid)
		default:
			return fmt.Errorf("unexpected file %q in the stream", header.Name)
		}
	}
}

func (re *restorer) omap(oid string) error {
	var page []pair
	if err := re.document(&page); err != nil {
		return err
	}
	pairs := make(map[string][]byte, len(page))
	for _, p := range page {
		pairs[string(p.Key)] = p.Value
	}
	return re.ioctx.SetOmap(oid, pairs)
}

func (re *restorer) data(oid string) error {
	obj, err := radosio.Open(re.ioctx, oid)
	if err != nil {
		return err
	}
	defer obj.Close()
	_, err = obj.ReadFrom(re.tar)
	return err
}
