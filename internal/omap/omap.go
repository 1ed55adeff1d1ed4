// Package omap lists the omap of an object by pages. C takes keys up to a NUL byte only, so it may
// return more entries than were asked for; the package filters them.
package omap

import (
	"errors"
	"math"
	"strings"

	"github.com/go-rados/go-rados/internal/wire"
)

// ErrPage is the error of a listing that can't get past a page: all its keys are the same up to
// their first NUL byte.
var ErrPage = errors.New("omap: a page does not get past its first key")

// Page is the page of entries that is fetched next: those whose keys come after After and have
// Prefix.
type Page struct {
	After, Prefix string
	Limit         int64 // the number of entries that are still wanted
	Size          int64 // the number of entries in a page; not positive: as many as the OSD returns
}

// Source fetches pages.
type Source interface {
	// FetchPage returns up to limit entries, as [wire.Pair] reads them, and reports whether the
	// object has more entries after them. after and prefix have no NUL bytes.
	FetchPage(after, prefix string, limit uint64) (pairs []byte, more bool, err error)
}

// Visit fetches page after page and calls yield for each entry, until yield returns false or there
// are no other entries. The entry is a part of the page, and the error is always nil: so a caller
// can pass the function of an iterator on, and need not call it for each entry.
func Visit[V ~struct{ Key, Value []byte }](p *Page, source Source, yield func(V, error) bool) error {
	for {
		after, _, _ := strings.Cut(p.After, "\x00")
		prefix, _, _ := strings.Cut(p.Prefix, "\x00")
		pairs, more, err := source.FetchPage(after, prefix, uint64(p.limit()))
		if err != nil {
			return err
		}
		before := p.After
		if !visitPage(p, pairs, yield) || !more || p.Limit == 0 {
			return nil
		}
		switch {
		case p.After != before:
		case p.Size > 0:
			p.Size = 0 // a larger page may get past the key
		default:
			return ErrPage
		}
	}
}

// visitPage calls yield for the entries of a page that are wanted, and reports whether there may be
// more of them.
func visitPage[V ~struct{ Key, Value []byte }](p *Page, pairs []byte, yield func(V, error) bool) bool {
	filter := !p.exact()
	last := []byte(nil)
	for p.Limit > 0 {
		key, value, rest, ok := wire.Pair(pairs)
		if !ok {
			break
		}
		pairs = rest
		if filter {
			if !p.hasPrefix(key) && string(key) > p.Prefix {
				return false // nor has any after it
			}
			if !p.hasPrefix(key) || string(key) <= p.After {
				continue // C was given a shorter After or Prefix
			}
		}
		last = key
		p.Limit--
		if !yield(V{key, value}, nil) {
			return false
		}
	}
	if last != nil {
		p.After = string(last)
	}
	return true
}

// limit returns the greatest number of entries that a page may have.
func (p *Page) limit() int64 {
	switch {
	case !p.exact():
		return math.MaxInt64 // the page may have entries that are not wanted
	case p.Size > 0:
		return min(p.Limit, p.Size)
	}
	return p.Limit
}

func (p *Page) hasPrefix(key []byte) bool {
	return len(key) >= len(p.Prefix) && string(key[:len(p.Prefix)]) == p.Prefix
}

// exact reports whether C returns just the entries that are wanted. Otherwise it returns some that
// come before them, or have another prefix.
func (p *Page) exact() bool {
	return strings.IndexByte(p.After, 0) < 0 && strings.IndexByte(p.Prefix, 0) < 0
}
