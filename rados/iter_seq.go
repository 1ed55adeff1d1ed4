package rados

import (
	"iter"
	"maps"
	"math"
	"slices"

	"github.com/go-rados/go-rados/internal/wire"
)

// Object is an object in a listing.
type Object struct {
	Name string
	// Namespace is "" for the default one.
	Namespace string
	// Locator is what the object is placed by instead of its name, "" for the name;
	// see IOContext.SetLocator.
	Locator string
}

// Objects goes through the objects of the pool, in the namespace that is set, or in
// all of them after SetNamespace(AllNamespaces):
//
//	for object, err := range ioctx.Objects() {
//		if err != nil {
//			return err
//		}
//		fmt.Println(object.Name)
//	}
//
// An error comes last, with a zero Object. Leaving the loop ends the listing. See Iter
// for what it sees, and how long it may wait.
func (ioctx *IOContext) Objects() iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		it, err := ioctx.Iter()
		if err != nil {
			yield(Object{}, ioctx.wrap("Objects", "", err))
			return
		}
		defer it.Close()
		for it.Next() {
			entry := it.current()
			if !yield(Object{Name: entry.name, Namespace: entry.namespace, Locator: entry.locator}, nil) {
				return
			}
		}
		if err := it.Err(); err != nil {
			yield(Object{}, ioctx.wrap("Objects", "", err))
		}
	}
}

// Omap goes through the omap entries of object oid, in the order of their keys: those
// whose keys come after startAfter and begin with filterPrefix. It fetches as many at a
// time as the OSD returns at once. An error comes last, with a zero entry:
// ErrNotFound if the object does not exist, [ErrOmapPage] if too many keys are the same up to
// their first NUL byte; see ListOmapValues.
func (ioctx *IOContext) Omap(oid, startAfter, filterPrefix string) iter.Seq2[OmapKeyValue, error] {
	return func(yield func(OmapKeyValue, error) bool) {
		page := omapPage{after: startAfter, prefix: filterPrefix, limit: math.MaxInt64}
		err := page.visit(ioctx, oid, func(entry OmapView, _ error) bool {
			key, value := entry.own()
			return yield(OmapKeyValue{key, value}, nil)
		})
		if err != nil {
			yield(OmapKeyValue{}, ioctx.wrap("Omap", oid, err))
		}
	}
}

// OmapView is an omap entry whose memory is not its own; see OmapViews.
type OmapView struct{ Key, Value []byte }

// own is a copy of the entry.
func (v OmapView) own() (string, []byte) { return wire.Own(v.Key, v.Value) }

// OmapViews is Omap without a copy of each entry, for long listings of which little is
// kept. Key and Value are good until the loop goes on, since their memory is used again;
// they must not be changed. Copy what is to stay:
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
	return func(yield func(OmapView, error) bool) {
		page := omapPage{after: startAfter, prefix: filterPrefix, limit: math.MaxInt64}
		if err := page.visit(ioctx, oid, yield); err != nil {
			yield(OmapView{}, ioctx.wrap("OmapViews", oid, err))
		}
	}
}

// Xattr is an extended attribute of an object.
type Xattr struct {
	Name  string
	Value []byte
}

// Xattrs goes through the extended attributes of object oid, by name. They are
// fetched all at once. An error comes alone, with a zero Xattr: ErrNotFound if the
// object does not exist.
func (ioctx *IOContext) Xattrs(oid string) iter.Seq2[Xattr, error] {
	return func(yield func(Xattr, error) bool) {
		xattrs, err := ioctx.ListXattrs(oid)
		if err != nil {
			yield(Xattr{}, ioctx.wrap("Xattrs", oid, err))
			return
		}
		for _, name := range slices.Sorted(maps.Keys(xattrs)) {
			if !yield(Xattr{name, xattrs[name]}, nil) {
				return
			}
		}
	}
}
