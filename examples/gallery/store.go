package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"maps"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
)

// store keeps files in a namespace of a pool; the comment of package main describes how.
type store struct {
	ioctx     *rados.IOContext
	pieceSize uint64
}

// The object with the index, and the prefixes of the keys of its omap.
const (
	index    = "index"
	fileKey  = "file/"
	trashKey = "trash/"
)

// The extended attributes of the object with the details of a file.
const (
	typeAttr   = "type"
	sha256Attr = "sha256"
	pixelsAttr = "pixels"
)

// entry is the value of a file in the index.
type entry struct {
	ID     string
	Size   int64
	Stored time.Time
}

// file is a file in a listing.
type file struct {
	Name string
	entry
	Attrs map[string]string // nil if the file was removed meanwhile
}

func detailsOf(id string) string { return "details/" + id }

// open makes the index, if this is the first program that uses the namespace.
func open(ctx context.Context, ioctx *rados.IOContext, pieceSize uint64) (*store, error) {
	return &store{ioctx, pieceSize}, ioctx.CreateContext(ctx, index, rados.CreateIdempotent)
}

// checkName returns an error if no file can have that name.
func checkName(name string) error {
	if name == "" || len(name) > 200 || !utf8.ValidString(name) || strings.ContainsAny(name, "/\x00") || name == "." || name == ".." {
		return fmt.Errorf("a name has 1 to 200 bytes of UTF-8, without a slash: %w", fs.ErrInvalid)
	}
	return nil
}

// content returns the content of a file, a stream over the pieces.
func (s *store) content(ctx context.Context, id string) *radosio.ObjectAt {
	return radosio.NewObjectAt(ctx, &pieces{s.ioctx, s.pieceSize}, id)
}

// put stores what r yields as a file of that name, in place of a file that has the name.
func (s *store) put(ctx context.Context, name string, r io.Reader) error {
	if err := checkName(name); err != nil {
		return err
	}
	e := entry{ID: rand.Text()}
	claim := now()
	if err := s.ioctx.SetOmapContext(ctx, index, map[string][]byte{trashKey + e.ID: claim}); err != nil {
		return err
	}
	if err := s.write(ctx, &e, r); err != nil {
		s.discard(ctx, &e)
		return err
	}
	old, err := s.replace(ctx, name, &e, claim)
	if err != nil && !errors.Is(err, rados.ErrOutcomeUnknown) { // or else the file may be stored
		old = &e
	}
	s.discard(ctx, old)
	return err
}

// remove removes the file of that name.
func (s *store) remove(ctx context.Context, name string) error {
	old, err := s.replace(ctx, name, nil, nil)
	s.discard(ctx, old)
	return err
}

// write writes the content and the details of e.
func (s *store) write(ctx context.Context, e *entry, r io.Reader) (err error) {
	content := s.content(ctx, e.ID)
	sum := sha256.New()
	e.Size, err = io.CopyBuffer(io.NewOffsetWriter(content, 0), onlyReader{io.TeeReader(r, sum)}, make([]byte, s.pieceSize))
	if err != nil {
		return err
	}
	e.Stored = time.Now().UTC()
	p, err := newPreview(io.NewSectionReader(content, 0, e.Size))
	if err != nil {
		return err
	}
	op := rados.CreateWriteOp() // all of this or nothing
	op.Create(rados.CreateExclusive)
	op.WriteFull(p.thumbnail)
	op.SetXattr(typeAttr, []byte(p.contentType))
	op.SetXattr(sha256Attr, fmt.Appendf(nil, "%x", sum.Sum(nil)))
	if p.thumbnail != nil {
		op.SetXattr(pixelsAttr, []byte(p.pixels))
	}
	return op.OperateContext(ctx, s.ioctx, detailsOf(e.ID), rados.OperationNoFlag)
}

// onlyReader hides WriteTo, so that io.CopyBuffer uses its buffer.
type onlyReader struct{ io.Reader }

// errDead is the error of an upload that took longer than uploads may take.
var errDead = errors.New("the upload took so long that its content was removed")

// replace makes e the file of that name, or removes the file if e is nil. It returns the former
// file, whose content is in the trash then. All of it is one operation, which fails if another
// client changes the entry of the name, or declares the content of e dead, at the same time.
func (s *store) replace(ctx context.Context, name string, e *entry, claim []byte) (old *entry, err error) {
	for {
		keys := []string{fileKey + name}
		if e != nil {
			keys = append(keys, trashKey+e.ID)
		}
		values, err := s.ioctx.GetOmapValuesByKeysContext(ctx, index, keys)
		if err != nil {
			return nil, err
		}
		op := rados.CreateWriteOp()
		value := values[fileKey+name]
		op.CmpOmap(fileKey+name, rados.CompareEQ, value) // without an entry the value is empty
		if value != nil {
			if err := json.Unmarshal(value, &old); err != nil {
				return nil, err
			}
			op.SetOmap(map[string][]byte{trashKey + old.ID: now()})
		}
		switch {
		case e == nil && value == nil:
			return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		case e == nil:
			op.RmOmapKeys([]string{fileKey + name})
		case string(values[trashKey+e.ID]) != string(claim):
			return nil, errDead
		default:
			value, err := json.Marshal(e)
			if err != nil {
				return nil, err
			}
			op.CmpOmap(trashKey+e.ID, rados.CompareEQ, claim)
			op.RmOmapKeys([]string{trashKey + e.ID})
			op.SetOmap(map[string][]byte{fileKey + name: value})
		}
		err = op.OperateContext(ctx, s.ioctx, index, rados.OperationNoFlag)
		if err == nil {
			return old, nil
		}
		if old = nil; !errors.Is(err, syscall.ECANCELED) {
			return nil, err
		}
	}
}

// now is the value of a key of the trash.
func now() []byte { return time.Now().UTC().AppendFormat(nil, time.RFC3339Nano) }

// discard removes the content of a file that is in the trash, also if ctx is done. If that
// fails, sweep does it later.
func (s *store) discard(ctx context.Context, e *entry) {
	if e == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := s.empty(ctx, e.ID); err != nil {
		log.Printf("remove content %s: %v", e.ID, err)
	}
}

// empty removes the details and the content with that ID, and the ID from the trash.
func (s *store) empty(ctx context.Context, id string) error {
	p := pieces{s.ioctx, s.pieceSize}
	if err := errors.Join(p.remove(ctx, id), ignoreMissing(s.ioctx.DeleteContext(ctx, detailsOf(id)))); err != nil {
		return err
	}
	return s.ioctx.RmOmapKeysContext(ctx, index, []string{trashKey + id})
}

func ignoreMissing(err error) error {
	if errors.Is(err, rados.ErrNotFound) {
		return nil
	}
	return err
}

// sweep removes content that has been in the trash since before a time: of uploads that were
// never completed, and of files that a program did not remove before it died.
func (s *store) sweep(ctx context.Context, before time.Time) error {
	for entry, err := range s.ioctx.OmapContext(ctx, index, "", trashKey) {
		if err != nil {
			return err
		}
		since, err := time.Parse(time.RFC3339Nano, string(entry.Value))
		if err == nil && since.After(before) {
			continue
		}
		err = s.condemn(ctx, entry)
		if errors.Is(err, syscall.ECANCELED) {
			continue // the upload has just been completed
		}
		if err == nil {
			err = s.empty(ctx, strings.TrimPrefix(entry.Key, trashKey))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// condemn changes the value of a key of the trash, so that a slow upload can't be completed while
// its content is being removed.
func (s *store) condemn(ctx context.Context, entry rados.OmapKeyValue) error {
	op := rados.CreateWriteOp()
	op.CmpOmap(entry.Key, rados.CompareEQ, entry.Value)
	op.SetOmap(map[string][]byte{entry.Key: []byte("dead")})
	return op.OperateContext(ctx, s.ioctx, index, rados.OperationNoFlag)
}

// lookup returns the entry of a name.
func (s *store) lookup(ctx context.Context, name string) (e entry, err error) {
	values, err := s.ioctx.GetOmapValuesByKeysContext(ctx, index, []string{fileKey + name})
	if err != nil {
		return e, err
	}
	value, ok := values[fileKey+name]
	if !ok {
		return e, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return e, json.Unmarshal(value, &e)
}

// attr returns an extended attribute of the details of a file.
func (s *store) attr(ctx context.Context, id, name string) (string, error) {
	value := make([]byte, 100)
	n, err := s.ioctx.GetXattrContext(ctx, detailsOf(id), name, value)
	return string(value[:max(n, 0)]), err
}

// thumbnail returns the thumbnail of a file, a JPEG.
func (s *store) thumbnail(ctx context.Context, id string) ([]byte, error) {
	data := make([]byte, 256<<10)
	n, err := s.ioctx.ReadContext(ctx, detailsOf(id), data, 0)
	return data[:n], err
}

// list returns up to limit files whose names follow after, in the order of their names, and
// whether there are more.
func (s *store) list(ctx context.Context, after string, limit int) (files []*file, more bool, err error) {
	start := ""
	if after != "" {
		start = fileKey + after
	}
	values, err := s.ioctx.GetOmapValuesContext(ctx, index, start, fileKey, int64(limit)+1)
	if err != nil {
		return nil, false, err
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		f := &file{Name: strings.TrimPrefix(key, fileKey)}
		if err := json.Unmarshal(values[key], &f.entry); err != nil {
			return nil, false, fmt.Errorf("index entry of %s: %w", f.Name, err)
		}
		files = append(files, f)
	}
	if more = len(files) > limit; more {
		files = files[:limit]
	}
	return files, more, s.describe(ctx, files)
}

// describe reads the details of files, up to 16 at the same time.
func (s *store) describe(ctx context.Context, files []*file) error {
	steps := make(map[*file]*rados.ReadOpGetXattrsStep)
	tasks := func(yield func(*rados.Task) bool) {
		for _, f := range files {
			op := rados.CreateReadOp()
			steps[f] = op.GetXattrs()
			task := op.Task(s.ioctx, detailsOf(f.ID), rados.OperationNoFlag)
			task.Tag = f
			if !yield(task) {
				return
			}
		}
	}
	for task := range rados.Pipeline(ctx, 16, tasks) {
		f := task.Tag.(*file)
		if errors.Is(task.Err, rados.ErrNotFound) {
			continue // removed since the index was read
		}
		if task.Err != nil {
			return task.Err
		}
		attrs, err := steps[f].Xattrs()
		if err != nil {
			return err
		}
		f.Attrs = make(map[string]string, len(attrs))
		for name, value := range attrs {
			f.Attrs[name] = string(value)
		}
	}
	return nil
}
