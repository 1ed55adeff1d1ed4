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

// OmapListFunc is what IOContext.ListOmapValues calls for each entry.
type OmapListFunc func(key string, value []byte)

// ListOmapValues calls listFn for up to maxReturn omap entries of object oid, in the
// order of their keys: those whose keys come after startAfter and begin with
// filterPrefix. A negative maxReturn asks for all of them. Without listFn it is EINVAL.
// [IOContext.Omap] is the newer form.
//
// It returns ErrNotFound if the object does not exist. Keys may have NUL bytes: they are
// listed as they are, and startAfter and filterPrefix may have them, too. But C can't ask for
// what comes after such a key. So if an object has more keys that are the same up to their
// first NUL byte than the OSD returns in one operation (osd_max_omap_entries_per_request, 1024 unless
// configured), ListOmapValues returns [ErrOmapPage] after listing some of them.
//
// Entries are fetched by pages, one operation each, so that it may see changes that are made meanwhile; when it
// fails listFn may have been called already. It waits for the OSD without a
// limit, unless rados_osd_op_timeout is configured; see
// [IOContext.ListOmapValuesContext].
func (ioctx *IOContext) ListOmapValues(oid string, startAfter string, filterPrefix string, maxReturn int64, listFn OmapListFunc) error {
	return ioctx.listOmapValues(context.Background(), oid, startAfter, filterPrefix, maxReturn, listFn)
}

// ListOmapValuesContext is ListOmapValues with a context. When ctx is done, the page that
// is being fetched is cancelled, and it returns an ObjectError in which errors.Is finds
// ctx.Err().
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

// GetOmapValues returns up to maxReturn omap entries of object oid: see
// ListOmapValues, also for ErrOmapPage. [IOContext.Omap] is the newer form.
// [IOContext.GetOmapValuesContext] returns when its context is done.
func (ioctx *IOContext) GetOmapValues(oid string, startAfter string, filterPrefix string, maxReturn int64) (map[string][]byte, error) {
	return ioctx.getOmapValues(context.Background(), oid, startAfter, filterPrefix, maxReturn)
}

// GetOmapValuesContext is GetOmapValues with a context; see ListOmapValuesContext.
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

// GetAllOmapValues returns all omap entries of object oid whose keys come after
// startAfter and begin with filterPrefix. It fetches iteratorSize of them at a time, or
// as many as the OSD likes if that is not positive. Otherwise it is like
// ListOmapValues, also for ErrOmapPage. [IOContext.Omap] is the newer form.
// [IOContext.GetAllOmapValuesContext] returns when its context is done.
func (ioctx *IOContext) GetAllOmapValues(oid string, startAfter string, filterPrefix string, iteratorSize int64) (map[string][]byte, error) {
	return ioctx.getAllOmapValues(context.Background(), oid, startAfter, filterPrefix, iteratorSize)
}

// GetAllOmapValuesContext is GetAllOmapValues with a context; see ListOmapValuesContext.
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

// omapListing lists the omap of an object.
type omapListing struct {
	omap.Page
	ctx    context.Context
	ioctx  *IOContext
	oid    string
	memory []byte // that all pages are read into
}

// listOmap returns a listing of all entries whose keys come after startAfter and begin with
// filterPrefix.
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

// unwrapOperation returns the error of librados in that of an operation.
func unwrapOperation(err error) error {
	var e OperationError
	if errors.As(err, &e) {
		return e.Unwrap()[0]
	}
	return err
}

// Omap goes through the omap entries of object oid, in the order of their keys: those
// whose keys come after startAfter and begin with filterPrefix. It fetches as many at a
// time as the OSD returns in one operation. An error comes last, with a zero entry:
// ErrNotFound if the object does not exist, [ErrOmapPage] if too many keys are the same up to
// their first NUL byte; see ListOmapValues. [IOContext.OmapContext] ends when its context is
// done.
func (ioctx *IOContext) Omap(oid, startAfter, filterPrefix string) iter.Seq2[OmapKeyValue, error] {
	return ioctx.omap(context.Background(), "Omap", oid, startAfter, filterPrefix)
}

// OmapContext is Omap with a context. When ctx is done, the page that is being fetched is
// cancelled; the entries of a page that was fetched before still come. The error that comes
// last is an ObjectError in which errors.Is finds ctx.Err().
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

// OmapView is an omap entry whose memory is not its own; see OmapViews.
type OmapView struct{ Key, Value []byte }

// own returns a copy of the entry.
func (v OmapView) own() (string, []byte) { return wire.CopyPair(v.Key, v.Value) }

// OmapViews is Omap without a copy of each entry, for long listings of which little is
// kept. Key and Value are good until the loop goes on, since their memory is used again;
// they must not be changed. Copy what you keep:
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
// An error comes last, with a zero entry; see Omap. [IOContext.OmapViewsContext] ends when its
// context is done.
func (ioctx *IOContext) OmapViews(oid, startAfter, filterPrefix string) iter.Seq2[OmapView, error] {
	return ioctx.omapViews(context.Background(), "OmapViews", oid, startAfter, filterPrefix)
}

// OmapViewsContext is OmapViews with a context; see OmapContext.
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
