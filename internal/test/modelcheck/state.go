package modelcheck

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// State is what the model thinks of one object: what it is now, what it was when snapshots
// were taken, the owner of its lock. A State does not change; Apply makes another.
type State struct {
	head   *content // nil if there is no object
	clones []clone  // oldest first
	newest uint64   // the newest snapshot that a write to the object has known of
	pool   []uint64 // the pool's snapshots by name, newest first
	owner  string   // the owner of the lock
	locked bool     // it has been locked; before that the object does not exist
}

// content is an object at one time.
type content struct {
	data         string
	xattrs, omap map[string]string
	hasOmap      bool // it has had an omap since the last CleanOmap
}

// clone is what an object was when some snapshots were taken.
type clone struct {
	id    uint64
	snaps []uint64
	content
}

// Apply performs op and returns the state after it, and the result that op must have.
func (s State) Apply(op Op) (State, string) {
	switch op.Kind {
	case Lock, Unlock, Lockers:
		return s.applyLock(op)
	case Snapshot:
		s.pool = append([]uint64{op.Snap}, s.pool...)
		return s, Done
	case Rollback:
		return s.rollback(op)
	}
	if op.Kind == Listed {
		return s, fmt.Sprint(s.head != nil || s.whiteout())
	}
	if op.looks() {
		return s, look(s.at(op.Snap), op)
	}
	after, result := change(s.head, op)
	if result != Done || after == s.head {
		return s, result
	}
	return s.write(op, after), Done
}

// whiteout says whether the object is gone but for its past. Listings have it all the same.
func (s State) whiteout() bool { return s.head == nil && s.newest > 0 }

// at is the object as it was when a snapshot was taken. A snapshot is unknown to the object
// until something is written to it by a client that knows the snapshot; what the object is
// until then is what it was.
func (s State) at(snap uint64) *content {
	if snap == 0 || snap > s.newest {
		return s.head
	}
	for _, c := range s.clones {
		if c.id >= snap {
			if slices.Contains(c.snaps, snap) {
				return &c.content
			}
			return nil
		}
	}
	return nil
}

// write makes the object another, and keeps what it was for the snapshots that have been
// taken since the last write.
func (s State) write(op Op, after *content) State {
	known := op.Have
	if len(s.pool) > 0 {
		known = s.pool
	}
	var fresh []uint64
	for _, snap := range known {
		if snap > s.newest {
			fresh = append(fresh, snap)
		}
	}
	if after == nil && len(s.clones) == 0 && len(fresh) == 0 {
		return State{pool: s.pool} // nothing of the object is left
	}
	if s.head != nil && len(fresh) > 0 {
		s.clones = append(slices.Clip(s.clones), clone{fresh[0], fresh, *s.head})
	}
	if len(fresh) > 0 {
		s.newest = fresh[0]
	}
	s.head = after
	return s
}

func (s State) rollback(op Op) (State, string) {
	then := s.at(op.Snap)
	if then == nil && s.head == nil {
		return s, Done
	}
	return s.write(op, then), Done
}

func (s State) applyLock(op Op) (State, string) {
	switch {
	case op.Kind != Lock && !s.locked:
		return s, "ENOENT"
	case op.Kind == Lockers:
		return s, "held by " + s.owner
	case op.Kind == Lock && s.owner == op.Owner:
		return s, "EEXIST"
	case op.Kind == Lock && s.owner != "":
		return s, "EBUSY"
	case op.Kind == Lock:
		s.owner, s.locked = op.Owner, true
		return s, Done
	case s.owner != op.Owner:
		return s, "ENOENT"
	}
	s.owner = ""
	return s, Done
}

// look is what an operation sees of an object.
func look(c *content, op Op) string {
	if c == nil {
		return "ENOENT"
	}
	switch op.Kind {
	case Read:
		from := min(op.Offset, len(c.data))
		return c.data[from:min(from+op.Length, len(c.data))]
	case Stat:
		return fmt.Sprint(len(c.data))
	case GetXattr:
		if value, ok := c.xattrs[op.Key]; ok {
			return value
		}
		return "ENODATA"
	case Xattrs:
		return pairs(c.xattrs)
	case Omap:
		return pairs(c.omap)
	case ReadAll:
		return everything(c.data, c.xattrs, c.omap)
	}
	panic("no such kind: " + op.Kind)
}

func everything(data string, xattrs, omap map[string]string) string {
	return fmt.Sprintf("xattrs %s omap %s data %d: %s", pairs(xattrs), pairs(omap), len(data), data)
}

func pairs(m map[string]string) string {
	var b strings.Builder
	b.WriteString("{")
	for _, key := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&b, "%s=%s ", key, m[key])
	}
	return strings.TrimSuffix(b.String(), " ") + "}"
}

// needsObject are the kinds that fail if there is no object.
var needsObject = []Kind{Remove, RmXattr, RmOmapKeys, CleanOmap}

// change is what an operation makes of an object, or c if it leaves it alone.
func change(c *content, op Op) (after *content, result string) {
	if c == nil && slices.Contains(needsObject, op.Kind) {
		return c, "ENOENT"
	}
	switch op.Kind {
	case Create:
		if c != nil {
			return c, "EEXIST"
		}
	case Remove:
		return nil, Done
	case Truncate:
		if c == nil {
			return c, Done
		}
	case Zero:
		if c == nil || op.Offset >= len(c.data) {
			return c, Done
		}
	case CleanOmap:
		if !c.hasOmap {
			return c, Done
		}
	case Exchange:
		if c == nil {
			return c, "ENOENT"
		}
		if c.xattrs[op.Key] != op.Want {
			return c, "ECANCELED"
		}
	}
	var was content
	if c != nil {
		was = *c
	}
	now := alter(was, op)
	return &now, Done
}

// alter returns the content of an object after an operation.
func alter(c content, op Op) content {
	switch op.Kind {
	case Create:
	case Write, WriteSame:
		c.data = overwrite(c.data, op.fill(), op.Offset)
	case WriteFull:
		c.data = op.fill()
	case Append:
		c.data += op.fill()
	case Truncate:
		c.data = resize(c.data, op.Offset)
	case Zero:
		if op.Offset+op.Length >= len(c.data) {
			c.data = c.data[:op.Offset]
			break
		}
		c.data = overwrite(c.data, zeros(op.Length), op.Offset)
	case SetXattr:
		c.xattrs = with(c.xattrs, op.Key, op.Value)
	case RmXattr:
		c.xattrs = without(c.xattrs, op.Key)
	case SetOmap:
		c.omap, c.hasOmap = with(c.omap, op.Key, op.Value), true
	case RmOmapKeys:
		c.omap = without(c.omap, op.Key)
	case CleanOmap:
		c.omap, c.hasOmap = nil, false
	case Replace:
		c.data = op.fill()
		c.xattrs = with(c.xattrs, op.Key, op.Value)
		c.omap, c.hasOmap = with(c.omap, op.Key, op.Value), true
	case Exchange:
		c.data += op.fill()
		c.xattrs = with(c.xattrs, op.Key, op.Value)
	default:
		panic("no such kind: " + op.Kind)
	}
	return c
}

func zeros(n int) string { return strings.Repeat("\x00", n) }

func resize(data string, size int) string {
	if size <= len(data) {
		return data[:size]
	}
	return data + zeros(size-len(data))
}

func overwrite(data, part string, offset int) string {
	if part == "" {
		return data
	}
	end := offset + len(part)
	data = resize(data, max(len(data), end))
	return data[:offset] + part + data[end:]
}

func with(m map[string]string, key, value string) map[string]string {
	m = maps.Clone(m)
	if m == nil {
		m = map[string]string{}
	}
	m[key] = value
	return m
}

func without(m map[string]string, key string) map[string]string {
	m = maps.Clone(m)
	delete(m, key)
	return m
}

// equal says whether two states are the same. What two contents share is not compared
// byte by byte, since strings in the same memory compare immediately.
func (s State) equal(other State) bool {
	return s.newest == other.newest && s.owner == other.owner && s.locked == other.locked && slices.Equal(s.pool, other.pool) &&
		sameContent(s.head, other.head) &&
		slices.EqualFunc(s.clones, other.clones, func(a, b clone) bool {
			return a.id == b.id && slices.Equal(a.snaps, b.snaps) && sameContent(&a.content, &b.content)
		})
}

func sameContent(a, b *content) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.data == b.data && a.hasOmap == b.hasOmap && maps.Equal(a.xattrs, b.xattrs) && maps.Equal(a.omap, b.omap)
}
