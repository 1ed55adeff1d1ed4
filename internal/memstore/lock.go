package memstore

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"time"
)

// LockType is the type of a lock.
type LockType byte

// The types of a lock.
const (
	Exclusive LockType = 1
	Shared    LockType = 2
)

// The flags of a request for a lock.
const (
	MayRenew  = 1
	MustRenew = 2
)

// A LockRequest is the argument of a step that takes a lock.
type LockRequest struct {
	Name, Cookie, Tag, Description string
	Type                           LockType
	Duration                       time.Duration // 0 if the lock does not expire
	Flags                          byte
}

// A Locker is the holder of a lock.
type Locker struct {
	Client      string
	Cookie      string
	Description string
	Address     string
	Expires     time.Time // zero if the lock does not expire
}

// lock is a lock of an object. It remains when it is released.
type lock struct {
	kind    LockType
	tag     string
	lockers []Locker
}

// ClientName returns the name of a client.
func ClientName(client uint64) string { return fmt.Sprintf("client.%d", client) }

func clientAddress(client uint64) string { return fmt.Sprintf("127.0.0.1:0/%d", client) }

// lock returns a lock of an object without the lockers that have expired.
func (c *content) lock(name string) lock {
	l := c.locks[name]
	now := time.Now()
	l.lockers = slices.DeleteFunc(slices.Clone(l.lockers), func(h Locker) bool {
		return !h.Expires.IsZero() && h.Expires.Before(now)
	})
	return l
}

func (l *lock) index(client, cookie string) int {
	return slices.IndexFunc(l.lockers, func(h Locker) bool { return h.Client == client && h.Cookie == cookie })
}

// takeLock takes a lock of the object, which it creates.
func (t *transaction) takeLock(r *LockRequest) int {
	if r.Name == "" || r.Type != Exclusive && r.Type != Shared || r.Flags&MayRenew != 0 && r.Flags&MustRenew != 0 {
		return code(syscall.EINVAL)
	}
	l := t.now.lock(r.Name)
	if len(l.lockers) > 0 && l.tag != r.Tag {
		return code(syscall.EBUSY)
	}
	client := ClientName(t.view.Client)
	switch i := l.index(client, r.Cookie); {
	case i >= 0 && r.Flags&(MayRenew|MustRenew) == 0:
		return code(syscall.EEXIST)
	case i >= 0:
		l.lockers = slices.Delete(l.lockers, i, i+1)
	case r.Flags&MustRenew != 0:
		return code(syscall.ENOENT)
	}
	if len(l.lockers) > 0 && (r.Type == Exclusive || l.kind != r.Type) {
		return code(syscall.EBUSY)
	}
	holder := Locker{Client: client, Cookie: r.Cookie, Description: r.Description, Address: clientAddress(t.view.Client)}
	if r.Duration > 0 {
		holder.Expires = time.Now().Add(r.Duration)
	}
	l.kind, l.tag = r.Type, r.Tag
	l.lockers = append(l.lockers, holder)
	slices.SortFunc(l.lockers, func(a, b Locker) int { return strings.Compare(a.Client+"\x00"+a.Cookie, b.Client+"\x00"+b.Cookie) })
	t.change(true)
	t.setLock(r.Name, l)
	return 0
}

func (t *transaction) setLock(name string, l lock) {
	t.now.locks = maps.Clone(t.now.locks)
	if t.now.locks == nil {
		t.now.locks = make(map[string]lock)
	}
	t.now.locks[name] = l
}

// releaseLock releases the lock that a client holds.
func (t *transaction) releaseLock(name, client, cookie string) int {
	if !t.exists {
		return code(syscall.ENOENT)
	}
	l := t.now.lock(name)
	i := l.index(client, cookie)
	if i < 0 {
		return code(syscall.ENOENT)
	}
	l.lockers = slices.Delete(l.lockers, i, i+1)
	t.change(true)
	t.setLock(name, l)
	return 0
}

// assertLocked returns EBUSY unless the client holds the lock.
func (t *transaction) assertLocked(r *LockRequest) int {
	if r.Name == "" || r.Type != Exclusive && r.Type != Shared {
		return code(syscall.EINVAL)
	}
	if !t.exists {
		return code(syscall.ENOENT)
	}
	l := t.now.lock(r.Name)
	if len(l.lockers) == 0 || l.kind != r.Type || l.tag != r.Tag || l.index(ClientName(t.view.Client), r.Cookie) < 0 {
		return code(syscall.EBUSY)
	}
	return 0
}

// Lockers returns the type, the tag and the holders of a lock.
func (p *Pool) Lockers(v View, name, lockName string) (kind LockType, tag string, holders []Locker, ret int) {
	if ret := v.CheckName(name); ret < 0 {
		return 0, "", nil, ret
	}
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	o := p.objects[v.address(name)]
	if o == nil || o.head == nil {
		return 0, "", nil, code(syscall.ENOENT)
	}
	l := o.head.lock(lockName)
	return l.kind, l.tag, l.lockers, 0
}
