package rados

import (
	"context"
	"errors"
	"iter"
	"math"
	"sync"
	"syscall"

	"github.com/go-rados/go-rados/internal/omap"
	"github.com/go-rados/go-rados/internal/oplog"
	"github.com/go-rados/go-rados/internal/wire"
)

// OmapKeyValue is one entry of an object's omap.
type OmapKeyValue struct {
	Key   string
	Value []byte
}

// OmapListFunc is what IOContext.ListOmapValues calls for each entry.
type OmapListFunc func(key string, value []byte)

// omapResult holds the entries that a step returned.
type omapResult struct {
	result

	mu    sync.Mutex // a torn slice of two goroutines' would be beyond any bounds
	pairs []byte
}

func (r *omapResult) finish(o oplog.Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.note(o); r.get() == nil {
		r.pairs = o.Data
	}
}

// next takes the next entry, or nil at the end. Key and value are in the memory of the
// step, which is its own; no append to a value gets at the keys.
func (r *omapResult) next() (*OmapKeyValue, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.get(); err != nil {
		return nil, err
	}
	key, value, rest, ok := wire.Pair(r.pairs)
	if !ok {
		return nil, nil
	}
	r.pairs = rest
	return &OmapKeyValue{wire.UnsafeString(key), value}, nil
}

// GetOmapStep holds what came of a GetOmapValues of a ReadOp.
type GetOmapStep struct {
	omapResult
	more bool
}

// Next returns the next entry, in the order of the keys, and nil without an error
// after the last. Each entry goes to one goroutine. It returns ErrOperationIncomplete
// before Operate, and if the operation failed before this step.
func (gos *GetOmapStep) Next() (*OmapKeyValue, error) {
	if gos == nil {
		return nil, ErrOperationIncomplete
	}
	return gos.next()
}

// More reports whether the object has more entries after those that Next returns. The
// OSD returns at most osd_max_omap_entries_per_request in one operation (1024 unless
// configured, with Ceph 14.2 131072), whatever was asked for.
func (gos *GetOmapStep) More() bool { return gos != nil && gos.more }

// GetOmapValues asks for up to maxReturn omap entries: those whose keys come after
// startAfter and begin with filterPrefix. Neither may have a NUL byte inside, or the operation
// fails with ErrNameContainsNUL; the keys that it returns may.
//
// Implements:
//
//	void rados_read_op_omap_get_vals2(rados_read_op_t read_op, const char *start_after, const char *filter_prefix, uint64_t max_return, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
func (r *ReadOp) GetOmapValues(startAfter, filterPrefix string, maxReturn uint64) *GetOmapStep {
	step := &GetOmapStep{}
	r.omapValues(startAfter, filterPrefix, maxReturn, func(o oplog.Outcome) {
		step.finish(o)
		step.more = o.More
	})
	return step
}

// ReadOpOmapGetValsByKeysStep holds what came of a GetOmapValuesByKeys of a ReadOp.
type ReadOpOmapGetValsByKeysStep struct{ omapResult }

// Next returns the next entry, in the order of the keys, and nil without an error
// after the last. Each entry goes to one goroutine. It returns ErrOperationIncomplete
// before Operate, and if the operation failed before this step.
func (s *ReadOpOmapGetValsByKeysStep) Next() (*OmapKeyValue, error) {
	if s == nil {
		return nil, ErrOperationIncomplete
	}
	return s.next()
}

// GetOmapValuesByKeys asks for the omap entries of those keys. One that is not there is
// left out.
//
// Implements:
//
//	void rados_read_op_omap_get_vals_by_keys2(rados_read_op_t read_op, const char *const *keys, size_t num_keys, const size_t *key_lens, rados_omap_iter_t *iter, int *prval)
func (r *ReadOp) GetOmapValuesByKeys(keys []string) *ReadOpOmapGetValsByKeysStep {
	step := &ReadOpOmapGetValsByKeysStep{}
	r.omapValuesByKeys(keys, step.finish)
	return step
}

// ReadOpOmapKeysStep holds what came of a GetOmapKeys of a ReadOp.
type ReadOpOmapKeysStep struct {
	omapResult
	keys []string
	more bool
}

// Keys returns the keys, sorted. It returns ErrOperationIncomplete before Operate,
// and if the operation failed before this step.
func (s *ReadOpOmapKeysStep) Keys() ([]string, error) {
	if s == nil {
		return nil, ErrOperationIncomplete
	}
	return s.keys, s.get()
}

// More reports whether the object has more keys after those that Keys returns.
func (s *ReadOpOmapKeysStep) More() bool { return s != nil && s.more }

// GetOmapKeys asks for up to maxReturn omap keys, those that come after startAfter, which must
// not have a NUL byte inside, or the operation fails with ErrNameContainsNUL. The keys may.
//
// Implements:
//
//	void rados_read_op_omap_get_keys2(rados_read_op_t read_op, const char *start_after, uint64_t max_return, rados_omap_iter_t *iter, unsigned char *pmore, int *prval)
func (r *ReadOp) GetOmapKeys(startAfter string, maxReturn uint64) *ReadOpOmapKeysStep {
	step := &ReadOpOmapKeysStep{}
	r.omapKeys(startAfter, maxReturn, func(o oplog.Outcome) {
		step.finish(o)
		step.more = o.More
		for kv, _ := step.next(); kv != nil; kv, _ = step.next() {
			step.keys = append(step.keys, kv.Key)
		}
	})
	return step
}

// ListOmapValues calls listFn for up to maxReturn omap entries of object oid, in the
// order of their keys: those whose keys come after startAfter and begin with
// filterPrefix. A negative maxReturn asks for all of them. Without listFn it is EINVAL.
//
// It returns ErrNotFound if the object does not exist. Keys may have NUL bytes: they are
// listed as they are, and startAfter and filterPrefix may have them, too. But C can't ask for
// what comes after such a key. So if an object has more keys that are the same up to their
// first NUL byte than the OSD returns in one operation (osd_max_omap_entries_per_request, 1024 unless
// configured), ListOmapValues returns [ErrOmapPage] after listing some of them.
//
// Entries are fetched by pages, one operation each, so that it may see changes that are made meanwhile; when it
// fails listFn may have been called already. It waits for the OSD for as long as it
// takes, unless rados_osd_op_timeout is configured; see
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
// ListOmapValues, also for ErrOmapPage.
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
// ListOmapValues, also for ErrOmapPage.
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
	if err := op.operate(l.ctx, l.ioctx, l.oid, OperationNoFlag); err != nil {
		return nil, false, unwrapOperation(err)
	}
	return step.pairs, step.More(), nil
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
// their first NUL byte; see ListOmapValues.
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
// An error comes last, with a zero entry; see Omap.
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
