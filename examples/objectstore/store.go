package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
)

// store is what main's comment describes.
type store struct {
	ioctx *rados.IOContext
	part  int64 // bytes in each part but the last
}

// entry is the value of a name in the index.
type entry struct {
	ID     string
	Parts  int
	Size   int64
	Stored time.Time
}

// The index, and what its keys and the attributes of first parts begin with.
const (
	index       = "index"
	nameKey     = "name/"
	pendingKey  = "pending/"
	typeXattr   = "content-type"
	metaXattrs  = "meta."
	abandonMark = "abandoned"
)

func partName(id string, n int) string { return fmt.Sprintf("data/%s/%d", id, n) }

// put stores what r has.
func (s *store) put(name, contentType string, meta metadata, r io.Reader) (entry, error) {
	e := entry{ID: rand.Text(), Stored: time.Now().UTC()}
	claim := pending()
	err := s.ioctx.SetOmap(index, map[string][]byte{pendingKey + e.ID: claim})
	if err != nil {
		return e, fmt.Errorf("announce: %w", err)
	}
	if err := s.writeParts(&e, contentType, meta, r); err != nil {
		return e, errors.Join(err, s.discard(e.ID))
	}
	old, err := s.publish(name, e, claim)
	if err != nil {
		// It may have been done nevertheless, if the answer got lost; so the parts
		// stay. If it has not been done, repair will remove them.
		return e, fmt.Errorf("enter into the index: %w", err)
	}
	if old != nil {
		err = s.discard(old.ID)
	}
	return e, err
}

// pending is the value of a pending ID: since when.
func pending() []byte { return time.Now().UTC().AppendFormat(nil, time.RFC3339Nano) }

// writeParts writes all of r, and counts it in e. There is always a first part, which
// has the metadata.
func (s *store) writeParts(e *entry, contentType string, meta metadata, r io.Reader) error {
	op := rados.CreateWriteOp()
	op.Create(rados.CreateExclusive)
	op.SetXattr(typeXattr, []byte(contentType))
	for key, value := range meta {
		op.SetXattr(metaXattrs+key, []byte(value))
	}
	if err := op.Operate(s.ioctx, partName(e.ID, 0), rados.OperationNoFlag); err != nil {
		return fmt.Errorf("write the metadata: %w", err)
	}
	src := bufio.NewReader(r)
	for {
		n, err := s.writePart(partName(e.ID, e.Parts), src)
		e.Parts++
		e.Size += n
		if err != nil {
			return err
		}
		if _, err := src.Peek(1); err == io.EOF {
			return nil
		}
	}
}

func (s *store) writePart(oid string, r io.Reader) (int64, error) {
	obj, err := radosio.Create(s.ioctx, oid)
	if err != nil {
		return 0, err
	}
	defer obj.Close()
	return obj.ReadFrom(io.LimitReader(r, s.part))
}

// publish makes e what the name stands for, and returns what it stood for before. Both
// that and the end of the put's own announcement are in one operation, which fails if
// another put or repair changed either meanwhile.
func (s *store) publish(name string, e entry, claim []byte) (old *entry, err error) {
	value, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	for {
		now, err := s.values(nameKey+name, pendingKey+e.ID)
		if err != nil {
			return nil, err
		}
		if string(now[pendingKey+e.ID]) != string(claim) {
			return nil, errors.New("repair took this put for dead; give it a larger -age")
		}
		op := rados.CreateWriteOp()
		op.CmpOmap(pendingKey+e.ID, rados.CompareEQ, claim)
		op.RmOmapKeys([]string{pendingKey + e.ID})
		old, err = replace(op, name, now[nameKey+name])
		if err != nil {
			return nil, err
		}
		op.SetOmap(map[string][]byte{nameKey + name: value})
		err = op.Operate(s.ioctx, index, rados.OperationNoFlag)
		if !errors.Is(err, syscall.ECANCELED) {
			return old, err
		}
	}
}

// replace adds what makes an operation fail unless the name stands for value, and
// leaves that to be discarded.
func replace(op *rados.WriteOp, name string, value []byte) (old *entry, err error) {
	op.CmpOmap(nameKey+name, rados.CompareEQ, value) // no value is an empty one
	if value == nil {
		return nil, nil
	}
	if err := json.Unmarshal(value, &old); err != nil {
		return nil, fmt.Errorf("index entry of %s: %w", name, err)
	}
	op.SetOmap(map[string][]byte{pendingKey + old.ID: pending()})
	return old, nil
}

// values looks keys of the index up.
func (s *store) values(keys ...string) (map[string][]byte, error) {
	op := rados.CreateReadOp()
	step := op.GetOmapValuesByKeys(keys)
	if err := op.Operate(s.ioctx, index, rados.OperationNoFlag); err != nil {
		return nil, err
	}
	values := map[string][]byte{}
	for {
		kv, err := step.Next()
		if kv == nil || err != nil {
			return values, err
		}
		values[kv.Key] = kv.Value
	}
}

// lookup finds out what a name stands for; fs.ErrNotExist if there is no such name.
func (s *store) lookup(name string) (e entry, err error) {
	values, err := s.values(nameKey + name)
	value := values[nameKey+name]
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && value == nil:
		return e, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	case err != nil:
		return e, err
	}
	return e, json.Unmarshal(value, &e)
}

// get writes what e stands for to w.
func (s *store) get(name string, e entry, w io.Writer) error {
	var total int64
	for i := range e.Parts {
		n, err := s.getPart(partName(e.ID, i), w)
		total += n
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s was replaced or removed while it was read: %w", name, err)
		}
		if err != nil {
			return err
		}
	}
	if total != e.Size {
		return fmt.Errorf("%s has %d bytes, and should have %d: %w", name, total, e.Size, io.ErrUnexpectedEOF)
	}
	return nil
}

func (s *store) getPart(oid string, w io.Writer) (int64, error) {
	obj, err := radosio.Open(s.ioctx, oid)
	if err != nil {
		return 0, err
	}
	defer obj.Close()
	return obj.WriteTo(w)
}

// item is a name in a listing.
type item struct {
	name string
	entry
	contentType string
	meta        metadata
}

// list goes through the names that begin with prefix, in their order.
func (s *store) list(prefix string) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for kv, err := range s.ioctx.Omap(index, "", nameKey+prefix) {
			if errors.Is(err, fs.ErrNotExist) {
				return // nothing has been put yet
			}
			it := item{name: strings.TrimPrefix(kv.Key, nameKey), meta: metadata{}}
			if err == nil {
				err = s.describe(&it, kv.Value)
			}
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed since the index was read
			}
			if !yield(it, err) {
				return
			}
		}
	}
}

// describe fills in what the index and the first part say.
func (s *store) describe(it *item, value []byte) error {
	if err := json.Unmarshal(value, &it.entry); err != nil {
		return fmt.Errorf("index entry of %s: %w", it.name, err)
	}
	for xattr, err := range s.ioctx.Xattrs(partName(it.ID, 0)) {
		if err != nil {
			return err
		}
		if key, ok := strings.CutPrefix(xattr.Name, metaXattrs); ok {
			it.meta[key] = string(xattr.Value)
		} else if xattr.Name == typeXattr {
			it.contentType = string(xattr.Value)
		}
	}
	return nil
}

// remove removes a name, and then what it stood for.
func (s *store) remove(name string) error {
	for {
		values, err := s.values(nameKey + name)
		value := values[nameKey+name]
		if errors.Is(err, fs.ErrNotExist) || err == nil && value == nil {
			return fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		}
		if err != nil {
			return err
		}
		op := rados.CreateWriteOp()
		old, err := replace(op, name, value)
		if err != nil {
			return err
		}
		op.RmOmapKeys([]string{nameKey + name})
		err = op.Operate(s.ioctx, index, rados.OperationNoFlag)
		switch {
		case err == nil:
			return s.discard(old.ID)
		case !errors.Is(err, syscall.ECANCELED):
			return err
		}
	}
}

// discard removes the parts of an ID that is pending, the last one first, so that those
// that a program which dies leaves can be counted from the first on.
func (s *store) discard(id string) error {
	n := 0
	for ; ; n++ {
		_, err := s.ioctx.Stat(partName(id, n))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return fmt.Errorf("discard part %d of %s: %w", n, id, err)
		}
	}
	for n--; n >= 0; n-- {
		err := s.ioctx.Delete(partName(id, n))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("discard part %d of %s: %w", n, id, err)
		}
	}
	return s.ioctx.RmOmapKeys(index, []string{pendingKey + id})
}

// repair discards what has been pending since before a time.
func (s *store) repair(ctx context.Context, before time.Time) (n int, err error) {
	for kv, err := range s.ioctx.Omap(index, "", pendingKey) {
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return n, err
		}
		since, err := time.Parse(time.RFC3339Nano, string(kv.Value))
		if err == nil && since.After(before) {
			continue
		}
		abandoned, err := s.abandon(kv)
		if err != nil {
			return n, err
		}
		if !abandoned {
			continue
		}
		if err := s.discard(strings.TrimPrefix(kv.Key, pendingKey)); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// abandon marks a pending ID, so that no slow put publishes it while its parts are being
// removed. It reports whether the ID was still pending.
func (s *store) abandon(kv rados.OmapKeyValue) (bool, error) {
	op := rados.CreateWriteOp()
	op.CmpOmap(kv.Key, rados.CompareEQ, kv.Value)
	op.SetOmap(map[string][]byte{kv.Key: []byte(abandonMark)})
	err := op.Operate(s.ioctx, index, rados.OperationNoFlag)
	if errors.Is(err, syscall.ECANCELED) {
		return false, nil
	}
	return err == nil, err
}
