//go:build cgo

package rados

import (
	"context"
	"errors"
	"iter"
	"math"
	"syscall"

	"github.com/go-rados/go-rados/internal/omap"
	"github.com/go-rados/go-rados/internal/wire"
)

// OmapListFunc is called by [IOContext.ListOmapValues] for each entry.
type OmapListFunc func(key string, value []byte)

// ListOmapValues calls listFn for up to maxReturn omap entries of object oid, in
// the order of their keys. It lists entries whose keys follow startAfter and begin
// with filterPrefix. A negative maxReturn means no maximum. [IOContext.Omap] is
// the newer form.
//
// It returns:
//   - [ErrNotFound] if the object does not exist
//   - EINVAL if listFn is nil
//   - [ErrOmapPage] after part of the entries, if more keys are equal up to their
//     first NUL byte than the OSD returns in one operation
//     (osd_max_omap_entries_per_request, default 1024)
//
// Keys, startAfter and filterPrefix may contain NUL bytes. ErrOmapPage is
// necessary because C can't request the entries that follow a key with a NUL byte.
//
// It reads pages of entries with one operation each, so the list may include
// changes that are made meanwhile. If it returns an error, it may have called
// listFn already. It blocks until the OSD answers, or until rados_osd_op_timeout
// elapses if that is configured; [IOContext.ListOmapValuesContext] returns when
// its context is done.
func (ioctx *IOContext) ListOmapValues(oid string, startAfter string, filterPrefix string, maxReturn int64, listFn OmapListFunc) error {
	return ioctx.listOmapValues(context.Background(), oid, startAfter, filterPrefix, maxReturn, listFn)
}

// ListOmapValuesContext is ListOmapValues with a context. When ctx is done, it
// cancels the operation that reads a page, and returns an [ObjectError] in which
// errors.Is finds ctx.Err().
func (ioctx *IOContext) ListOmapValuesContext(ctx context.Context, oid string, startAfter string, filterPrefix string, maxReturn int64, listFn OmapListFunc) error {
	err := ioctx.listOmapValues(ctx, oid, startAfter, filterPrefix, maxReturn, listFn)
	return ioctx.wrap("ListOmapValuesContext", oid, err)
}

func (ioctx *IOContext) listOmapValues(ctx context.Context, oid string, startAfter string, filterPrefix string, maxReturn int64, listFn OmapListFunc) error {
	if listFn == nil {
		return radosError(-int(syscall.EINVAL))
	}
	l := ioctx.listOmap(ctx, oid, startAfter, filterPrefix)
	if maxReturn >= 0 {
		l.Limit = maxReturn
	}
	return l.visit(func(entry OmapView, _ error) bool {
		listFn(entry.own())
		return true
	})
}

// GetOmapValues returns up to maxReturn omap entries of object oid. See
// [IOContext.ListOmapValues] for the parameters and the errors. [IOContext.Omap]
// is the newer form. [IOContext.GetOmapValuesContext] returns when its context is
// done.
func (ioctx *IOContext) GetOmapValues(oid string, startAfter string, filterPrefix string, maxReturn int64) (map[string][]byte, error) {
	return ioctx.getOmapValues(context.Background(), oid, startAfter, filterPrefix, maxReturn)
}

// GetOmapValuesContext is GetOmapValues with a context; see
// [IOContext.ListOmapValuesContext].
func (ioctx *IOContext) GetOmapValuesContext(ctx context.Context, oid string, startAfter string, filterPrefix string, maxReturn int64) (map[string][]byte, error) {
	pairs, err := ioctx.getOmapValues(ctx, oid, startAfter, filterPrefix, maxReturn)
	return pairs, ioctx.wrap("GetOmapValuesContext", oid, err)
}

func (ioctx *IOContext) getOmapValues(ctx context.Context, oid string, startAfter string, filterPrefix string, maxReturn int64) (map[string][]byte, error) {
	pairs := make(map[string][]byte)
	err := ioctx.listOmapValues(ctx, oid, startAfter, filterPrefix, maxReturn, func(key string, value []byte) {
		pairs[key] = value
	})
	if err != nil {
		return nil, err
	}
	return pairs, nil
}

// GetAllOmapValues returns all omap entries of object oid whose keys follow
// startAfter and begin with filterPrefix. It reads iteratorSize entries at a time,
// or as many as the OSD returns if iteratorSize is not positive. It is otherwise
// like [IOContext.ListOmapValues], and returns the same errors. [IOContext.Omap]
// is the newer form. [IOContext.GetAllOmapValuesContext] returns when its context
// is done.
func (ioctx *IOContext) GetAllOmapValues(oid string, startAfter string, filterPrefix string, iteratorSize int64) (map[string][]byte, error) {
	return ioctx.getAllOmapValues(context.Background(), oid, startAfter, filterPrefix, iteratorSize)
}

// GetAllOmapValuesContext is GetAllOmapValues with a context; see
// [IOContext.ListOmapValuesContext].
func (ioctx *IOContext) GetAllOmapValuesContext(ctx context.Context, oid string, startAfter string, filterPrefix string, iteratorSize int64) (map[string][]byte, error) {
	pairs, err := ioctx.getAllOmapValues(ctx, oid, startAfter, filterPrefix, iteratorSize)
	return pairs, ioctx.wrap("GetAllOmapValuesContext", oid, err)
}

func (ioctx *IOContext) getAllOmapValues(ctx context.Context, oid string, startAfter string, filterPrefix string, iteratorSize int64) (map[string][]byte, error) {
	pairs := make(map[string][]byte)
	l := ioctx.listOmap(ctx, oid, startAfter, filterPrefix)
	l.Size = iteratorSize
	err := l.visit(func(entry OmapView, _ error) bool {
		key, value := entry.own()
		pairs[key] = value
		return true
	})
	if err != nil {
		return nil, err
	}
	return pairs, nil
}

// GetOmapValuesByKeys returns the omap entries of object oid that have one of the
// keys. It reads them with one operation. The map has no entry for a key that the
// omap lacks, and a value that is not nil for each other key. Keys may contain any
// bytes. [ReadOp.GetOmapValuesByKeys] is the same as a step of an operation.
//
// It returns an [ObjectError], with [ErrNotFound] if the object does not exist. It
// blocks until the OSD answers, or until rados_osd_op_timeout elapses if that is
// configured; [IOContext.GetOmapValuesByKeysContext] returns when its context is
// done.
//
// Implements: rados_read_op_omap_get_vals_by_keys2
func (ioctx *IOContext) GetOmapValuesByKeys(oid string, keys []string) (map[string][]byte, error) {
	pairs, err := ioctx.getOmapValuesByKeys(context.Background(), oid, keys)
	return pairs, ioctx.wrap("GetOmapValuesByKeys", oid, err)
}

// GetOmapValuesByKeysContext is GetOmapValuesByKeys with a context. When ctx is
// done, it cancels the operation, and returns an [ObjectError] in which errors.Is
// finds ctx.Err(). If ctx is done already, it sends nothing.
func (ioctx *IOContext) GetOmapValuesByKeysContext(ctx context.Context, oid string, keys []string) (map[string][]byte, error) {
	pairs, err := ioctx.getOmapValuesByKeys(ctx, oid, keys)
	return pairs, ioctx.wrap("GetOmapValuesByKeysContext", oid, err)
}

func (ioctx *IOContext) getOmapValuesByKeys(ctx context.Context, oid string, keys []string) (map[string][]byte, error) {
	op := CreateReadOp()
	step := op.GetOmapValuesByKeys(keys)
	if err := op.operate(ctx, "GetOmapValuesByKeys", ioctx, oid, OperationNoFlag); err != nil {
		return nil, unwrapOperation(err)
	}
	pairs := make(map[string][]byte)
	for {
		entry, err := step.Next()
		if entry == nil || err != nil {
			return pairs, err
		}
		pairs[entry.Key] = entry.Value
	}
}

// omapListing lists the omap of an object.
type omapListing struct {
	omap.Page
	ctx    context.Context
	ioctx  *IOContext
	oid    string
	memory []byte // that all pages are read into
}

// listOmap returns a listing of all entries whose keys follow startAfter and begin
// with filterPrefix.
func (ioctx *IOContext) listOmap(ctx context.Context, oid, startAfter, filterPrefix string) *omapListing {
	return &omapListing{omap.Page{After: startAfter, Prefix: filterPrefix, Limit: math.MaxInt64}, ctx, ioctx, oid, nil}
}

// visit calls yield for each entry; see [omap.Visit].
func (l *omapListing) visit(yield func(OmapView, error) bool) error {
	err := omap.Visit(&l.Page, l, yield)
	if err == omap.ErrPage {
		return ErrOmapPage
	}
	return err
}

// FetchPage implements [omap.Source].
func (l *omapListing) FetchPage(after, prefix string, limit uint64) (pairs []byte, more bool, err error) {
	op := CreateReadOp()
	op.recorder().UseBuffer(&l.memory)
	step := op.GetOmapValues(after, prefix, limit)
	if err := op.operate(l.ctx, "ListOmapValues", l.ioctx, l.oid, OperationNoFlag); err != nil {
		return nil, false, unwrapOperation(err)
	}
	return step.rest, step.More(), nil
}

// unwrapOperation returns the error of librados in the error of an operation.
func unwrapOperation(err error) error {
	var e OperationError
	if errors.As(err, &e) {
		return e.Unwrap()[0]
	}
	return err
}

// Omap returns an iterator over the omap entries of object oid, in the order of
// their keys. It yields entries whose keys follow startAfter and begin with
// filterPrefix, and reads as many at a time as the OSD returns in one operation.
//
// An error is yielded last, with a zero entry: [ErrNotFound] if the object does
// not exist, [ErrOmapPage] if too many keys are equal up to their first NUL byte;
// see [IOContext.ListOmapValues]. [IOContext.OmapContext] ends when its context is
// done.
func (ioctx *IOContext) Omap(oid, startAfter, filterPrefix string) iter.Seq2[OmapKeyValue, error] {
	return ioctx.omap(context.Background(), "Omap", oid, startAfter, filterPrefix)
}

// OmapContext is Omap with a context. When ctx is done, it cancels the operation
// that reads a page; the entries of a page that was read before are still yielded.
// The error that is yielded last is an [ObjectError] in which errors.Is finds
// ctx.Err().
func (ioctx *IOContext) OmapContext(ctx context.Context, oid, startAfter, filterPrefix string) iter.Seq2[OmapKeyValue, error] {
	return ioctx.omap(ctx, "OmapContext", oid, startAfter, filterPrefix)
}

// omap is Omap for the method of that name.
func (ioctx *IOContext) omap(ctx context.Context, method, oid, startAfter, filterPrefix string) iter.Seq2[OmapKeyValue, error] {
	return func(yield func(OmapKeyValue, error) bool) {
		err := ioctx.listOmap(ctx, oid, startAfter, filterPrefix).visit(func(entry OmapView, _ error) bool {
			key, value := entry.own()
			return yield(OmapKeyValue{key, value}, nil)
		})
		if err != nil {
			yield(OmapKeyValue{}, ioctx.wrap(method, oid, err))
		}
	}
}

// OmapView is an omap entry that does not own its memory; see
// [IOContext.OmapViews].
type OmapView struct{ Key, Value []byte }

// own returns a copy of the entry.
func (v OmapView) own() (string, []byte) { return wire.CopyPair(v.Key, v.Value) }

// OmapViews is [IOContext.Omap] without a copy of each entry, for long listings of
// which a program keeps few entries. Key and Value are valid until the next
// iteration, which uses their memory again, and must not be changed. Copy the
// entries to keep:
//
//	for entry, err := range ioctx.OmapViews("index", "", "") {
//		if err != nil {
//			return err
//		}
//		if bytes.HasSuffix(entry.Key, []byte(".tmp")) {
//			keys = append(keys, string(entry.Key))
//		}
//	}
//
// An error is yielded last, with a zero entry; see Omap.
// [IOContext.OmapViewsContext] ends when its context is done.
func (ioctx *IOContext) OmapViews(oid, startAfter, filterPrefix string) iter.Seq2[OmapView, error] {
	return ioctx.omapViews(context.Background(), "OmapViews", oid, startAfter, filterPrefix)
}

// OmapViewsContext is OmapViews with a context; see [IOContext.OmapContext].
func (ioctx *IOContext) OmapViewsContext(ctx context.Context, oid, startAfter, filterPrefix string) iter.Seq2[OmapView, error] {
	return ioctx.omapViews(ctx, "OmapViewsContext", oid, startAfter, filterPrefix)
}

// omapViews is OmapViews for the method of that name.
func (ioctx *IOContext) omapViews(ctx context.Context, method, oid, startAfter, filterPrefix string) iter.Seq2[OmapView, error] {
	return func(yield func(OmapView, error) bool) {
		if err := ioctx.listOmap(ctx, oid, startAfter, filterPrefix).visit(yield); err != nil {
			yield(OmapView{}, ioctx.wrap(method, oid, err))
		}
	}
}
