package memstore

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A View is how a client sees a pool.
type View struct {
	Client             uint64
	Namespace, Locator string
	ReadSnap           uint64   // Head, or the snapshot that is read
	SnapSeq            uint64   // the newest self-managed snapshot
	Snaps              []uint64 // the self-managed snapshots, newest first
	OrderSnap          bool     // a change fails if the object has known of a newer snapshot
}

func (v View) address(name string) Address {
	a := Address{v.Namespace, v.Locator, name}
	if a.Locator == a.Name {
		a.Locator = ""
	}
	return a
}

// CheckName returns an error if no object can have that name.
func (v View) CheckName(name string) int {
	switch {
	case name == "":
		return code(syscall.EINVAL)
	case len(name) > maxName || len(v.Namespace) > maxSpace || len(v.Locator) > maxName:
		return code(syscall.ENAMETOOLONG)
	}
	return 0
}

// Kind is what a step does.
type Kind int

// The kinds of steps.
const (
	Append Kind = iota
	AssertExists
	AssertLocked
	AssertVersion
	Checksum
	CmpExt
	CmpOmap
	CmpXattr
	Create
	Exec
	GetXattr
	GetXattrs
	CleanOmap
	GetOmapKeys
	GetOmapValues
	GetOmapValuesByKeys
	Hint
	Lock
	Read
	Remove
	RmOmapKeys
	RmOmapRange
	RmXattr
	SetOmap
	SetXattr
	Stat
	Truncate
	Unlock
	Write
	WriteFull
	WriteSame
	Zero
)

// A Pair is an entry of an omap, or an extended attribute.
type Pair struct {
	Key   string
	Value []byte
}

// A Step is one step of an operation. Kind says which fields are used.
type Step struct {
	Kind           Kind
	Name, Key      string // of an attribute; a class and its method; where keys begin, and their prefix or end
	Data           []byte
	Offset, Length uint64 // Length is also the number of entries
	Compare        byte
	Exclusive      bool
	Version        uint64
	Keys           []string
	Pairs          []Pair
	Lock           *LockRequest
	Client         string // the holder of the lock
	Checksum       ChecksumType
	Seed           uint64
	Chunk          uint64
	FailOK         bool // the operation continues if the step fails

	// The results.
	Ran   bool
	Code  int
	Out   []byte
	Found []Pair
	More  bool
	Size  uint64
	Time  time.Time
}

// ChecksumType is a kind of checksum.
type ChecksumType int

// CRC32C is the only kind of checksum that the package computes.
const CRC32C ChecksumType = 2

// The limits of OSDs, as they are configured by default.
const (
	maxObject  = 128 << 20
	maxKeys    = 1024
	maxName    = 2048
	maxSpace   = 256
	maxXattr   = 100
	maxRequest = 90 << 20
)

// transaction is an operation that is being performed.
type transaction struct {
	view     View
	before   *content // the object before the operation, or nil; comparisons see it, and not the steps before them
	exists   bool
	removal  uint64  // the version of the removal
	whiteout bool    // the object was removed, but is kept for its snapshots
	now      content // the object, if it exists
	changed  bool
	removed  bool // the object that there was is removed
	ownData  bool // now.data is not shared with the object
	ownMaps  [2]bool
}

// changes reports whether the step changes an object. An operation without such a step fails if the
// object does not exist.
func (s *Step) changes() bool {
	switch s.Kind {
	case Append, CleanOmap, Create, Hint, Lock, Remove, RmOmapKeys, RmOmapRange, RmXattr, SetOmap, SetXattr, Truncate, Unlock, Write, WriteFull, WriteSame, Zero:
		return true
	}
	return s.Kind == Exec && methods[s.method()]
}

// Operate performs steps on an object, as a whole or not at all. It returns the version of the object.
func (p *Pool) Operate(v View, name string, steps []*Step, mtime time.Time) (version uint64, ret int) {
	if ret := v.CheckName(name); ret < 0 {
		return 0, ret
	}
	p.cluster.mu.Lock()
	version, lost, ret := p.operate(v, name, steps, mtime)
	p.cluster.mu.Unlock()
	loseAll(lost)
	return version, ret
}

func (p *Pool) operate(v View, name string, steps []*Step, mtime time.Time) (version uint64, lost []*Watch, ret int) {
	if !p.exists() {
		return 0, nil, code(syscall.ENOENT)
	}
	size := 0
	for _, s := range steps {
		size += len(s.Data)
	}
	if size > maxRequest {
		return 0, nil, code(syscall.EMSGSIZE)
	}
	if slices.ContainsFunc(steps, (*Step).isUnknown) {
		return 0, nil, code(syscall.EOPNOTSUPP)
	}
	a := v.address(name)
	o := p.objects[a]
	if o == nil {
		o = new(object)
	}
	changes := slices.ContainsFunc(steps, (*Step).changes)
	if changes && v.ReadSnap != Head {
		return 0, nil, code(syscall.EROFS)
	}
	if v.OrderSnap && !p.named && v.SnapSeq < o.seq {
		return 0, nil, code(syscall.ERESTART) // EOLDSNAPC of Ceph
	}
	t := &transaction{view: v}
	if before := o.at(v.ReadSnap); before != nil {
		t.before, t.exists, t.now = before, true, *before
	} else if !changes {
		return 0, nil, code(syscall.ENOENT)
	}
	t.whiteout, t.removal = o.head == nil && len(o.clones) > 0, o.version
	for _, s := range steps {
		s.Ran = true
		s.Code = t.perform(s)
		if s.Code < 0 && s.FailOK {
			continue
		}
		if ret = s.Code; ret < 0 {
			return p.version, nil, ret
		}
	}
	if !t.changed {
		return t.now.version, nil, ret
	}
	p.version++
	var after *content
	if t.exists {
		after = &t.now
		after.version = p.version
		if after.mtime = mtime; mtime.IsZero() {
			after.mtime = time.Now()
		}
	}
	if t.removed {
		lost = o.dropWatches()
	}
	p.replace(v, a, o, after)
	return p.version, lost, ret
}

// change notes that the object changes. If creates is set, it exists from now on.
func (t *transaction) change(creates bool) {
	t.changed = true
	t.exists = t.exists || creates
}

// perform performs a step and returns its code.
func (t *transaction) perform(s *Step) int {
	switch s.Kind {
	case Append, Write, WriteFull, WriteSame, Truncate, Zero:
		return t.write(s)
	case CmpExt, CmpOmap, CmpXattr:
		return t.compare(s)
	case CleanOmap, RmOmapKeys, RmOmapRange, RmXattr, Remove:
		if !t.exists {
			return code(syscall.ENOENT)
		}
		return t.remove(s)
	case SetOmap, SetXattr:
		return t.set(s)
	case AssertExists:
		if !t.exists {
			return code(syscall.ENOENT)
		}
		return 0
	case AssertVersion:
		return t.assertVersion(s.Version)
	case Create:
		if t.exists && s.Exclusive {
			return code(syscall.EEXIST)
		}
		if !t.exists {
			t.change(true)
		}
		return 0
	case Hint:
		t.change(true)
		return 0
	case Exec:
		return t.exec(s)
	case Lock:
		return t.takeLock(s.Lock)
	case Unlock:
		return t.releaseLock(s.Name, s.Client, s.Key)
	case AssertLocked:
		return t.assertLocked(s.Lock)
	}
	return t.read(s)
}

func (t *transaction) assertVersion(version uint64) int {
	own := t.removal
	if t.before != nil {
		own = t.before.version
	}
	switch {
	case version == 0:
		return code(syscall.EINVAL)
	case version < own:
		return code(syscall.ERANGE)
	case version > own:
		return code(syscall.EOVERFLOW)
	}
	return 0
}

// write performs a step that changes the data.
func (t *transaction) write(s *Step) int {
	offset, data := s.Offset, s.Data
	length := uint64(len(data))
	switch s.Kind {
	case Append:
		offset = t.size()
	case WriteSame:
		if length == 0 || s.Length%length != 0 {
			return code(syscall.EINVAL)
		}
		if s.Length == 0 {
			return 0
		}
		length = s.Length
	case Zero:
		length = s.Length
	case WriteFull, Truncate:
		if s.Kind == WriteFull {
			offset = 0
		}
	}
	if offset >= maxObject || length > maxObject || offset+length > maxObject {
		return code(syscall.EFBIG)
	}
	switch s.Kind {
	case WriteSame:
		data = bytes.Repeat(data, int(length)/len(data))
	case Truncate:
		if t.exists {
			t.resize(offset)
			t.change(false)
		}
		return 0
	case Zero:
		if !t.exists || offset >= t.size() {
			return 0
		}
		if offset+length >= t.size() {
			t.resize(offset)
		} else {
			t.resize(t.size())
			clear(t.now.data[offset : offset+length])
		}
		t.change(false)
		return 0
	case WriteFull:
		t.now.data, t.ownData = bytes.Clone(data), true
		t.change(true)
		return 0
	}
	t.change(true)
	t.resize(max(t.size(), offset+length))
	copy(t.now.data[offset:], data)
	return 0
}

func (t *transaction) size() uint64 { return uint64(len(t.now.data)) }

// resize makes data that is not shared with the object have that length.
func (t *transaction) resize(size uint64) {
	old := t.now.data
	if t.ownData && size <= uint64(cap(old)) {
		t.now.data = old[:size]
		if size > uint64(len(old)) {
			clear(t.now.data[len(old):])
		}
		return
	}
	t.now.data, t.ownData = make([]byte, size), true
	copy(t.now.data, old)
}

// xattrs and omap return maps that are not shared with the object.
func (t *transaction) xattrs() map[string][]byte { return t.own(0, &t.now.xattrs) }
func (t *transaction) omap() map[string][]byte   { return t.own(1, &t.now.omap) }

func (t *transaction) own(i int, m *map[string][]byte) map[string][]byte {
	if !t.ownMaps[i] {
		if *m = maps.Clone(*m); *m == nil {
			*m = make(map[string][]byte)
		}
		t.ownMaps[i] = true
	}
	return *m
}

// remove performs a step that removes something from an object, which exists.
func (t *transaction) remove(s *Step) int {
	switch s.Kind {
	case Remove:
		t.exists, t.removed = false, true
		t.now, t.ownData, t.ownMaps = content{}, false, [2]bool{}
	case RmXattr:
		delete(t.xattrs(), s.Name)
	case CleanOmap:
		if !t.now.hasOmap {
			return 0
		}
		t.now.omap, t.now.hasOmap, t.ownMaps[1] = nil, false, false
	case RmOmapKeys:
		for _, key := range s.Keys {
			delete(t.omap(), key)
		}
	case RmOmapRange:
		maps.DeleteFunc(t.omap(), func(key string, _ []byte) bool { return key >= s.Name && key < s.Key })
	}
	t.change(false)
	return 0
}

// set performs a step that sets entries.
func (t *transaction) set(s *Step) int {
	if s.Kind == SetXattr {
		if len(s.Name) > maxXattr {
			return code(syscall.ENAMETOOLONG)
		}
		t.change(true)
		t.xattrs()[s.Name] = s.Data
		return 0
	}
	t.change(true)
	t.now.hasOmap = true
	for _, pair := range s.Pairs {
		t.omap()[pair.Key] = pair.Value
	}
	return 0
}

// mismatch is added to the position of the first byte that differs.
const mismatch = 4095

// compare performs a step that fails unless something is as expected.
func (t *transaction) compare(s *Step) int {
	before := t.before
	if before == nil {
		before = new(content)
	}
	switch s.Kind {
	case CmpExt:
		for i, want := range s.Data {
			var have byte
			if at := s.Offset + uint64(i); at < min(uint64(len(before.data)), t.size()) {
				have = before.data[at]
			}
			if have != want {
				return -mismatch - i
			}
		}
		return 0
	case CmpOmap:
		if !t.exists || t.now.hasOmap && t.before == nil && !t.whiteout {
			return code(syscall.ENOENT)
		}
		if s.Compare != equal && s.Compare != less && s.Compare != greater {
			return code(syscall.EINVAL)
		}
		if !holds(bytes.Compare(before.omap[s.Key], s.Data), s.Compare) {
			return code(syscall.ECANCELED)
		}
		return 0
	}
	if s.Compare < equal || s.Compare > lessEqual {
		return code(syscall.EINVAL)
	}
	if t.before == nil && !t.whiteout {
		return code(syscall.ENOENT)
	}
	if !holds(bytes.Compare(s.Data, before.xattrs[s.Name]), s.Compare) {
		return code(syscall.ECANCELED)
	}
	return 1
}

// The comparisons of librados.
const (
	equal        = 1
	notEqual     = 2
	greater      = 3
	greaterEqual = 4
	less         = 5
	lessEqual    = 6
)

// holds reports whether a comparison is true of two values, if order is that of the first one.
func holds(order int, compare byte) bool {
	switch compare {
	case equal:
		return order == 0
	case notEqual:
		return order != 0
	case greater:
		return order > 0
	case greaterEqual:
		return order >= 0
	case less:
		return order < 0
	}
	return order <= 0
}

// read performs a step that reads an object.
func (t *transaction) read(s *Step) int {
	if !t.exists {
		return code(syscall.ENOENT)
	}
	switch s.Kind {
	case Read:
		from := min(s.Offset, t.size())
		to := t.size()
		if s.Length > 0 {
			to = min(to, from+s.Length)
		}
		s.Out = t.now.data[from:to]
	case Stat:
		s.Size, s.Time = t.size(), t.now.mtime
	case GetXattr:
		value, found := t.now.xattrs[s.Name]
		if !found {
			return code(syscall.ENODATA)
		}
		s.Out = value
	case GetXattrs:
		s.Found = sorted(t.now.xattrs)
	case GetOmapKeys, GetOmapValues:
		t.readOmap(s)
	case GetOmapValuesByKeys:
		for _, key := range slices.Compact(slices.Sorted(slices.Values(s.Keys))) {
			if value, found := t.now.omap[key]; found {
				s.Found = append(s.Found, Pair{key, value})
			}
		}
	case Checksum:
		return t.checksum(s)
	default:
		return code(syscall.EOPNOTSUPP)
	}
	return 0
}

func sorted(m map[string][]byte) []Pair {
	var pairs []Pair
	for _, key := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, Pair{key, m[key]})
	}
	return pairs
}

// readOmap reads a page of the omap: entries after Name whose keys begin with Key.
func (t *transaction) readOmap(s *Step) {
	limit := min(s.Length, maxKeys)
	for _, pair := range sorted(t.now.omap) {
		if pair.Key <= s.Name || !strings.HasPrefix(pair.Key, s.Key) {
			continue
		}
		if uint64(len(s.Found)) == limit {
			s.More = true
			return
		}
		if s.Kind == GetOmapKeys {
			pair.Value = nil
		}
		s.Found = append(s.Found, pair)
	}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum computes checksums of chunks. Out begins with their number.
func (t *transaction) checksum(s *Step) int {
	if s.Checksum != CRC32C {
		return code(syscall.EOPNOTSUPP)
	}
	from, length := s.Offset, s.Length
	if length == 0 {
		length = t.size() - min(from, t.size())
	}
	chunk := s.Chunk
	if chunk == 0 {
		chunk = length
	}
	if chunk == 0 || length%chunk != 0 || from+length > t.size() {
		return code(syscall.EINVAL)
	}
	s.Out = binary.LittleEndian.AppendUint32(nil, uint32(length/chunk))
	for ; length > 0; from, length = from+chunk, length-chunk {
		sum := ^crc32.Update(^uint32(s.Seed), castagnoli, t.now.data[from:from+chunk])
		s.Out = binary.LittleEndian.AppendUint32(s.Out, sum)
	}
	return 0
}
