package memstore

import (
	"slices"
	"syscall"
	"time"
)

// Head stands for the present in View.ReadSnap.
const Head = ^uint64(1)

// A Snap is a snapshot of a pool by name.
type Snap struct {
	ID   uint64
	Name string
	Time time.Time
}

// clone is what an object was when some snapshots were taken.
type clone struct {
	id    uint64 // the newest of them
	snaps []uint64
	*content
}

// at returns the object as it was when a snapshot was taken, or nil if it did not exist. Until
// an object is changed by a client that knows of a snapshot, it still is as it was then.
func (o *object) at(snap uint64) *content {
	if snap == Head || snap > o.seq {
		return o.head
	}
	for _, c := range o.clones {
		if c.id >= snap {
			if slices.Contains(c.snaps, snap) {
				return c.content
			}
			return nil
		}
	}
	return nil
}

// replace makes after the present of the object at a, or removes it. It keeps what the object was for
// the snapshots of v that it has not known of.
func (p *Pool) replace(v View, a Address, o *object, after *content) {
	snaps, seq := v.Snaps, v.SnapSeq
	if p.named {
		snaps, seq = nil, p.lastSnap
		for _, s := range slices.Backward(p.snaps) {
			snaps = append(snaps, s.ID)
		}
	}
	var fresh []uint64
	for _, snap := range snaps {
		if snap > o.seq {
			fresh = append(fresh, snap)
		}
	}
	if o.head != nil && len(fresh) > 0 {
		o.clones = append(o.clones, clone{fresh[0], fresh, o.head})
	}
	o.seq, o.version = max(o.seq, seq), p.version
	if o.head = after; after == nil && len(o.clones) == 0 {
		delete(p.objects, a)
		return
	}
	p.objects[a] = o
}

// CreateSnap takes a snapshot by name.
func (p *Pool) CreateSnap(name string) int {
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	if p.managed {
		return code(syscall.EINVAL)
	}
	if _, found := p.snap(name); found {
		return code(syscall.EEXIST)
	}
	p.named = true
	p.lastSnap++
	p.snaps = append(p.snaps, Snap{p.lastSnap, name, time.Now()})
	return 0
}

func (p *Pool) snap(name string) (Snap, bool) {
	i := slices.IndexFunc(p.snaps, func(s Snap) bool { return s.Name == name })
	if i < 0 {
		return Snap{}, false
	}
	return p.snaps[i], true
}

// Snap returns the snapshot of that name.
func (p *Pool) Snap(name string) (Snap, bool) {
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	return p.snap(name)
}

// Snaps returns the snapshots by name, oldest first.
func (p *Pool) Snaps() []Snap {
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	return slices.Clone(p.snaps)
}

// RemoveSnap removes a snapshot by name.
func (p *Pool) RemoveSnap(name string) int {
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	s, found := p.snap(name)
	if !found {
		return code(syscall.ENOENT)
	}
	p.snaps = slices.DeleteFunc(p.snaps, func(other Snap) bool { return other.ID == s.ID })
	p.trim(s.ID)
	return 0
}

// CreateManagedSnap returns the number of a new self-managed snapshot.
func (p *Pool) CreateManagedSnap() (uint64, int) {
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	if p.named {
		return 0, code(syscall.EINVAL)
	}
	p.managed = true
	p.lastSnap++
	return p.lastSnap, 0
}

// RemoveManagedSnap removes a self-managed snapshot.
func (p *Pool) RemoveManagedSnap(id uint64) int {
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	if p.named {
		return code(syscall.EINVAL)
	}
	if p.lastSnap == 0 { // the pool never had one
		return code(syscall.EOPNOTSUPP)
	}
	if id > p.lastSnap {
		return code(syscall.ENOENT)
	}
	p.trim(id)
	return 0
}

// trim removes what objects were when the snapshot was taken.
func (p *Pool) trim(snap uint64) {
	for a, o := range p.objects {
		for i := range o.clones {
			o.clones[i].snaps = slices.DeleteFunc(slices.Clone(o.clones[i].snaps), func(s uint64) bool { return s == snap })
		}
		o.clones = slices.DeleteFunc(o.clones, func(c clone) bool { return len(c.snaps) == 0 })
		if o.head == nil && len(o.clones) == 0 {
			delete(p.objects, a)
		}
	}
}

// RollbackSnap makes an object what it was when the snapshot of that name was taken.
func (p *Pool) RollbackSnap(v View, name, snap string) int {
	s, found := p.Snap(snap)
	if !found {
		return code(syscall.ENOENT)
	}
	return p.Rollback(v, name, s.ID)
}

// Rollback makes an object what it was when the snapshot was taken.
func (p *Pool) Rollback(v View, name string, snap uint64) int {
	if ret := v.CheckName(name); ret < 0 {
		return ret
	}
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	a := v.address(name)
	o := p.objects[a]
	if o == nil {
		return 0
	}
	then := o.at(snap)
	if then == nil && o.head == nil {
		return 0
	}
	p.version++
	if then != nil {
		restored := *then
		restored.version = p.version
		then = &restored
	}
	p.replace(v, a, o, then)
	return 0
}
