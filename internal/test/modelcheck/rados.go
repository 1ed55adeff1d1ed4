package modelcheck

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// Cluster is a Target that uses package rados, through several connections.
type Cluster struct {
	connect  connector
	pools    [3]string // Erasure has a name if UseErasure gave it one
	sessions []atomic.Pointer[session]
	count    atomic.Int64

	changing sync.RWMutex // held while sessions change, and while a snapshot is taken

	mu        sync.Mutex
	canaries  []canary
	disturbed error // what Canaries returns
}

// connector makes the connection of a number, with options in addition to its own.
type connector func(number int, options map[string]string) (*rados.Conn, error)

// session is one connection with what was opened through it.
type session struct {
	number int64
	conn   *rados.Conn
	mu     sync.Mutex
	opened map[handleKey]*handle
}

// handleKey identifies the user of an IOContext: in the pool with managed snapshots each worker has
// its own, since it says by it which snapshots it knows of.
type handleKey struct {
	space  Space
	worker int
}

type handle struct {
	*rados.IOContext
	have []uint64
}

// canary is memory that was passed to a call which returned without a result. No one may
// write to it any more.
type canary struct {
	memory []byte
	op     Op
}

const (
	canaryByte   = 0xa5
	mostCanaries = 256 // of at most 64 KiB each
)

// NewCluster opens n connections and makes two pools.
func NewCluster(n int, connect connector) (*Cluster, error) {
	c := &Cluster{connect: connect, sessions: make([]atomic.Pointer[session], n)}
	for i := range n {
		s, err := c.newSession(i, nil)
		if err != nil {
			return nil, err
		}
		c.sessions[i].Store(s)
	}
	first := c.sessions[0].Load().conn
	id := fmt.Sprint(time.Now().UnixNano())
	for _, pool := range Replicated {
		c.pools[pool] = "modelcheck-" + pool.String() + "-" + id
		if err := first.MakePool(c.pools[pool]); err != nil {
			return nil, err
		}
	}
	for i := range n {
		if err := c.sessions[i].Load().conn.WaitForLatestOSDMap(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// UseErasure names an erasure-coded pool whose objects can be overwritten.
func (c *Cluster) UseErasure(name string) { c.pools[Erasure] = name }

func (c *Cluster) newSession(i int, options map[string]string) (*session, error) {
	conn, err := c.connect(i, options)
	if err != nil {
		return nil, err
	}
	return &session{number: c.count.Add(1), conn: conn, opened: map[handleKey]*handle{}}, nil
}

// Reconnect replaces a connection by another with these options, and shuts the old one down while calls
// are in flight on it.
func (c *Cluster) Reconnect(i int, options map[string]string) error {
	c.changing.Lock()
	defer c.changing.Unlock()
	i %= len(c.sessions)
	s, err := c.newSession(i, options)
	if err != nil {
		return err
	}
	if err := s.conn.WaitForLatestOSDMap(); err != nil {
		return err
	}
	c.sessions[i].Swap(s).conn.Shutdown()
	return nil
}

// Close ends all connections and says whether memory was written to that was given back.
func (c *Cluster) Close() error {
	for i := range c.sessions {
		if s := c.sessions[i].Load(); s != nil {
			s.conn.Shutdown()
		}
	}
	return c.Canaries()
}

// Canaries says whether memory was written to that a call had given back, and forgets it.
func (c *Cluster) Canaries() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.release(len(c.canaries))
	return c.disturbed
}

// release looks at the n oldest canaries, and forgets them.
func (c *Cluster) release(n int) {
	for _, canary := range c.canaries[:n] {
		for i, b := range canary.memory {
			if b != canaryByte && c.disturbed == nil {
				c.disturbed = fmt.Errorf("byte %d of the buffer was written to after %s had returned", i, canary.op)
			}
		}
	}
	c.canaries = slices.Delete(c.canaries, 0, n)
}

func (c *Cluster) session(worker int) *session { return c.sessions[worker%len(c.sessions)].Load() }

// Owner names a worker of the connection that it uses now.
func (c *Cluster) Owner(worker int) string {
	return fmt.Sprintf("<%d.%d>", c.session(worker).number, worker)
}

// open returns what a worker uses. Once the connection has been shut down that is of no use.
func (s *session) open(c *Cluster, key handleKey) (*handle, error) {
	if key.space.Pool == Named {
		key.worker = 0 // all share it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.opened[key]; h != nil {
		return h, nil
	}
	base, err := s.conn.OpenIOContext(c.pools[key.space.Pool])
	if err != nil {
		return nil, err
	}
	defer base.Destroy()
	io, err := base.WithNamespace(fmt.Sprint("generation-", key.space.Generation))
	if err != nil {
		return nil, err
	}
	s.opened[key] = &handle{IOContext: io}
	return s.opened[key], nil
}

// Do performs an operation.
func (c *Cluster) Do(worker int, space Space, object string, op Op) string {
	s := c.session(worker)
	h, err := s.open(c, handleKey{space, worker})
	if err != nil {
		return outcome(err, true)
	}
	io := h.IOContext
	switch {
	case op.looks() && op.Snap != 0:
		if io, err = io.Clone(); err != nil {
			return outcome(err, true)
		}
		defer io.Destroy()
		if err := io.SetReadSnap(rados.SnapID(op.Snap)); err != nil {
			return outcome(err, true)
		}
	case space.Pool == Managed && !op.looks() && !slices.Equal(h.have, op.Have):
		if err := h.know(op.Have); err != nil {
			return outcome(err, true)
		}
	}
	return c.perform(&call{io: io, pool: space.Pool, oid: object, op: op})
}

// know sets which snapshots a worker writes with.
func (h *handle) know(snaps []uint64) error {
	var newest rados.SnapID
	var list []rados.SnapID
	for _, id := range snaps {
		newest = max(newest, rados.SnapID(id))
		list = append(list, rados.SnapID(id))
	}
	if err := h.SetSnapContext(newest, list); err != nil {
		return err
	}
	h.have = snaps
	return nil
}

// call is an operation about to be performed.
type call struct {
	ctx  context.Context
	io   *rados.IOContext
	pool Pool
	oid  string
	op   Op
}

func (c *Cluster) perform(k *call) string {
	k.ctx = context.Background()
	switch budget := k.op.Budget; {
	case budget < 0:
		ctx, cancel := context.WithCancel(k.ctx)
		cancel()
		k.ctx = ctx
	case budget > 0:
		ctx, cancel := context.WithTimeout(k.ctx, budget)
		defer cancel()
		k.ctx = ctx
	}
	if k.op.looks() {
		return c.look(k)
	}
	return outcome(k.change(), false)
}

// outcome is the result that an error stands for. Those of changes are unknown if, and only
// if, the error says so.
func outcome(err error, looks bool) string {
	var coded interface{ ErrorCode() int }
	switch {
	case err == nil:
		return Done
	case errors.Is(err, syscall.ETIMEDOUT) && looks:
		return NotDone
	case errors.Is(err, rados.ErrOutcomeUnknown):
		if looks {
			return "nothing was to be changed, and yet " + err.Error()
		}
		return Unknown
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, rados.ErrNotConnected), errors.Is(err, rados.ErrInvalidIOContext):
		return NotDone
	case errors.As(err, &coded):
		if name := errnoNames[syscall.Errno(-coded.ErrorCode())]; name != "" {
			return name
		}
	}
	return err.Error()
}

var errnoNames = map[syscall.Errno]string{
	syscall.ENOENT: "ENOENT", syscall.EEXIST: "EEXIST", syscall.ECANCELED: "ECANCELED", syscall.ENODATA: "ENODATA",
	syscall.EBUSY: "EBUSY", syscall.ETIMEDOUT: "ETIMEDOUT",
}

func (k *call) change() error {
	if k.op.Form == Operation || k.op.Kind == Exchange || k.op.Kind == Replace || k.op.Kind == Zero {
		if steps := k.steps(); steps != nil {
			return k.operate(steps)
		}
	}
	if k.op.Form == Plain {
		return k.plain()
	}
	return k.withContext()
}

func (k *call) operate(steps *rados.WriteOp) error {
	defer steps.Release()
	if k.op.Form == Plain {
		return steps.Operate(k.io, k.oid, rados.OperationNoFlag)
	}
	return steps.OperateContext(k.ctx, k.io, k.oid, rados.OperationNoFlag)
}

// steps are what the operation consists of, or nil if it can't be made of steps.
func (k *call) steps() *rados.WriteOp {
	w, op := rados.CreateWriteOp(), k.op
	data, value := []byte(op.fill()), []byte(op.Value)
	switch op.Kind {
	case Create:
		w.Create(rados.CreateExclusive)
	case Write:
		w.Write(data, uint64(op.Offset))
	case WriteFull:
		w.WriteFull(data)
	case WriteSame:
		w.WriteSame(value, uint64(op.Length), uint64(op.Offset))
	case Append:
		w.Append(data)
	case Truncate:
		w.Truncate(uint64(op.Offset))
	case Zero:
		w.Zero(uint64(op.Offset), uint64(op.Length))
	case Remove:
		w.Remove()
	case SetXattr:
		w.SetXattr(op.Key, value)
	case RmXattr:
		w.RmXattr(op.Key)
	case SetOmap:
		w.SetOmap(map[string][]byte{op.Key: value})
	case RmOmapKeys:
		w.RmOmapKeys([]string{op.Key})
	case CleanOmap:
		w.CleanOmap()
	case Replace:
		w.WriteFull(data)
		w.SetXattr(op.Key, value)
		w.SetOmap(map[string][]byte{op.Key: value})
	case Exchange:
		w.AssertExists() // an object that was removed, and has snapshots, may otherwise pass for one without attributes
		w.CmpXattr(op.Key, rados.CompareEQ, []byte(op.Want))
		w.Append(data)
		w.SetXattr(op.Key, value)
	default:
		return nil
	}
	return w
}

func (k *call) plain() error {
	io, op := k.io, k.op
	data, value := []byte(op.fill()), []byte(op.Value)
	switch op.Kind {
	case Create:
		return io.Create(k.oid, rados.CreateExclusive)
	case Write:
		return io.Write(k.oid, data, uint64(op.Offset))
	case WriteFull:
		return io.WriteFull(k.oid, data)
	case WriteSame:
		return io.WriteSame(k.oid, value, uint64(op.Length), uint64(op.Offset))
	case Append:
		return io.Append(k.oid, data)
	case Truncate:
		return io.Truncate(k.oid, uint64(op.Offset))
	case Remove:
		return io.Delete(k.oid)
	case SetXattr:
		return io.SetXattr(k.oid, op.Key, value)
	case RmXattr:
		return io.RmXattr(k.oid, op.Key)
	case SetOmap:
		return io.SetOmap(k.oid, map[string][]byte{op.Key: value})
	case RmOmapKeys:
		return io.RmOmapKeys(k.oid, []string{op.Key})
	case CleanOmap:
		return io.CleanOmap(k.oid)
	}
	return k.special()
}

// withContext is plain with a context, where there is such a method.
func (k *call) withContext() error {
	io, op, ctx := k.io, k.op, k.ctx
	data, value := []byte(op.fill()), []byte(op.Value)
	switch op.Kind {
	case Create:
		return io.CreateContext(ctx, k.oid, rados.CreateExclusive)
	case Write:
		return io.WriteContext(ctx, k.oid, data, uint64(op.Offset))
	case WriteFull:
		return io.WriteFullContext(ctx, k.oid, data)
	case WriteSame:
		return io.WriteSameContext(ctx, k.oid, value, uint64(op.Length), uint64(op.Offset))
	case Append:
		return io.AppendContext(ctx, k.oid, data)
	case Truncate:
		return io.TruncateContext(ctx, k.oid, uint64(op.Offset))
	case Remove:
		return io.DeleteContext(ctx, k.oid)
	case SetXattr:
		return io.SetXattrContext(ctx, k.oid, op.Key, value)
	case RmXattr:
		return io.RmXattrContext(ctx, k.oid, op.Key)
	case SetOmap:
		return io.SetOmapContext(ctx, k.oid, map[string][]byte{op.Key: value})
	case RmOmapKeys:
		return io.RmOmapKeysContext(ctx, k.oid, []string{op.Key})
	case CleanOmap:
		return io.CleanOmapContext(ctx, k.oid)
	}
	return k.special()
}

const lockName = "lock"

// special are the operations that there is one method for.
func (k *call) special() error {
	switch k.op.Kind {
	case Rollback:
		if k.pool == Managed {
			return k.io.RollbackSelfManagedSnap(k.oid, rados.SnapID(k.op.Snap))
		}
		name, err := k.io.GetSnapName(rados.SnapID(k.op.Snap))
		if err != nil {
			return fmt.Errorf("GetSnapName: %w", err)
		}
		return k.io.RollbackSnap(k.oid, name)
	case Lock:
		code, err := k.io.LockExclusive(k.oid, lockName, k.op.Owner, "", 0, nil)
		return answer(code, err)
	case Unlock:
		code, err := k.io.Unlock(k.oid, lockName, k.op.Owner)
		return answer(code, err)
	}
	panic("no such kind: " + k.op.Kind)
}

// answer makes an error of a code that comes without one.
func answer(code int, err error) error {
	if err == nil && code < 0 {
		return coded(code)
	}
	return err
}

type coded int

func (c coded) Error() string  { return fmt.Sprint("code ", int(c)) }
func (c coded) ErrorCode() int { return int(c) }

func (c *Cluster) look(k *call) string {
	op := k.op
	switch op.Kind {
	case Read:
		return c.read(k)
	case ReadAll:
		return c.readAll(k)
	case Lockers:
		info, err := k.io.ListLockers(k.oid, lockName)
		if err != nil {
			return outcome(err, true)
		}
		return "held by " + strings.Join(info.Cookies, " and ")
	case Stat:
		stat, err := k.stat()
		return result(fmt.Sprint(stat.Size), err)
	case GetXattr:
		buf := make([]byte, 100)
		n, err := k.io.GetXattr(k.oid, op.Key, buf)
		return result(string(buf[:max(n, 0)]), err)
	case Xattrs:
		xattrs, err := k.xattrs()
		return result(pairs(texts(xattrs)), err)
	case Omap:
		omap, err := k.omap()
		return result(pairs(omap), err)
	}
	panic("no such kind: " + op.Kind)
}

func result(seen string, err error) string {
	if err != nil {
		return outcome(err, true)
	}
	return seen
}

func texts(m map[string][]byte) map[string]string {
	list := make(map[string]string, len(m))
	for key, value := range m {
		list[key] = string(value)
	}
	return list
}

func (c *Cluster) read(k *call) string {
	buf := make([]byte, k.op.Length)
	var n int
	var err error
	switch k.op.Form {
	case Plain:
		n, err = k.io.Read(k.oid, buf, uint64(k.op.Offset))
	case Context:
		n, err = k.io.ReadContext(k.ctx, k.oid, buf, uint64(k.op.Offset))
	default:
		r := rados.CreateReadOp()
		defer r.Release()
		step := r.Read(uint64(k.op.Offset), buf)
		err = r.OperateContext(k.ctx, k.io, k.oid, rados.OperationNoFlag)
		n = int(step.BytesRead)
	}
	if err != nil {
		c.watch(buf, k.op)
		return outcome(err, true)
	}
	return string(buf[:n])
}

// watch keeps an eye on memory that has been given back.
func (c *Cluster) watch(memory []byte, op Op) {
	for i := range memory {
		memory[i] = canaryByte
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.canaries = append(c.canaries, canary{memory, op})
	if len(c.canaries) == mostCanaries {
		c.release(mostCanaries / 2)
	}
}

// readAll reads everything in one operation.
func (c *Cluster) readAll(k *call) string {
	buf := make([]byte, 64<<10)
	r := rados.CreateReadOp()
	defer r.Release()
	xattrs, omap, stat, read := r.GetXattrs(), r.GetOmapValues("", "", 1000), r.Stat(), r.Read(0, buf)
	var err error
	if k.op.Form == Plain {
		err = r.Operate(k.io, k.oid, rados.OperationNoFlag)
	} else {
		err = r.OperateContext(k.ctx, k.io, k.oid, rados.OperationNoFlag)
	}
	if err != nil {
		c.watch(buf, k.op)
		return outcome(err, true)
	}
	values, err := xattrs.Xattrs()
	if err != nil {
		return "xattrs: " + err.Error()
	}
	entries := map[string]string{}
	for kv, err := omap.Next(); kv != nil || err != nil; kv, err = omap.Next() {
		if err != nil {
			return "omap: " + err.Error()
		}
		entries[kv.Key] = string(kv.Value)
	}
	size, err := stat.Stat()
	if err != nil || int64(size.Size) != read.BytesRead {
		return fmt.Sprintf("%d bytes were read, and the size is %d, %v", read.BytesRead, size.Size, err)
	}
	return everything(string(buf[:read.BytesRead]), texts(values), entries)
}

func (k *call) stat() (rados.ObjectStat, error) {
	switch k.op.Form {
	case Plain:
		return k.io.Stat(k.oid)
	case Context:
		return k.io.StatContext(k.ctx, k.oid)
	}
	r := rados.CreateReadOp()
	defer r.Release()
	step := r.Stat()
	if err := r.OperateContext(k.ctx, k.io, k.oid, rados.OperationNoFlag); err != nil {
		return rados.ObjectStat{}, err
	}
	return step.Stat()
}

func (k *call) xattrs() (map[string][]byte, error) {
	switch k.op.Form {
	case Plain:
		return k.io.ListXattrs(k.oid)
	case Context:
		return k.io.ListXattrsContext(k.ctx, k.oid)
	}
	list := map[string][]byte{}
	for x, err := range k.io.Xattrs(k.oid) {
		if err != nil {
			return nil, err
		}
		list[x.Name] = x.Value
	}
	return list, nil
}

func (k *call) omap() (map[string]string, error) {
	switch k.op.Form {
	case Plain:
		m, err := k.io.GetOmapValues(k.oid, "", "", 100)
		return texts(m), err
	case Context:
		m, err := k.io.GetAllOmapValues(k.oid, "", "", 100)
		return texts(m), err
	}
	list := map[string]string{}
	for kv, err := range k.io.Omap(k.oid, "", "") {
		if err != nil {
			return nil, err
		}
		list[kv.Key] = string(kv.Value)
	}
	return list, nil
}

// List lists the objects by one of the four methods there are.
func (c *Cluster) List(worker int, space Space, method int) (names []string, err error) {
	h, err := c.session(worker).open(c, handleKey{space, worker})
	if err != nil {
		return nil, err
	}
	switch method {
	case 0:
		err = h.ListObjects(func(oid string) { names = append(names, oid) })
		return names, err
	case 1:
		iter, err := h.Iter()
		if err != nil {
			return nil, err
		}
		defer iter.Close()
		for iter.Next() {
			names = append(names, iter.Value())
		}
		return names, iter.Err()
	}
	list := h.Objects()
	if method == 3 {
		list = h.ObjectsParallel(2)
	}
	for o, err := range list {
		if err != nil {
			return nil, err
		}
		names = append(names, o.Name)
	}
	return names, nil
}

// Snap takes a snapshot. When it returns, all clients know a named one.
func (c *Cluster) Snap(worker int, space Space) (uint64, error) {
	c.changing.RLock()
	defer c.changing.RUnlock()
	h, err := c.session(worker).open(c, handleKey{space, worker})
	if err != nil {
		return 0, err
	}
	if space.Pool == Managed {
		id, err := h.CreateSelfManagedSnap()
		return uint64(id), err
	}
	name := fmt.Sprint("snapshot-", c.count.Add(1))
	if err := h.CreateSnap(name); err != nil {
		return 0, err
	}
	for i := range c.sessions {
		if err := c.sessions[i].Load().conn.WaitForLatestOSDMap(); err != nil {
			return 0, err
		}
	}
	id, err := h.LookupSnap(name)
	return uint64(id), err
}

// forgetPatience is how long Forget tries: daemons may be away for longer than a call waits.
const forgetPatience = 2 * time.Minute

// Forget removes objects and snapshots, and ends what was opened for them.
func (c *Cluster) Forget(space Space, objects []string, snaps []uint64) error {
	c.changing.RLock()
	defer c.changing.RUnlock()
	began := time.Now()
	err := c.remove(c.session(0), space, objects, snaps)
	for errors.Is(err, syscall.ETIMEDOUT) && time.Since(began) < forgetPatience {
		err = c.removeAnew(space, objects, snaps)
	}
	for i := range c.sessions {
		c.sessions[i].Load().close(space)
	}
	return err
}

// removeAnew is remove with a new connection: an OSD may ignore what the others send (see connectAnew).
func (c *Cluster) removeAnew(space Space, objects []string, snaps []uint64) error {
	s, err := c.newSession(0, nil)
	if err != nil {
		return err
	}
	defer s.conn.Shutdown()
	return c.remove(s, space, objects, snaps)
}

// remove removes objects and snapshots, of which some may be gone already.
func (c *Cluster) remove(s *session, space Space, objects []string, snaps []uint64) error {
	h, err := s.open(c, handleKey{space, 0})
	if err != nil {
		return err
	}
	for _, oid := range objects {
		if err := h.Delete(oid); err != nil && !errors.Is(err, rados.ErrNotFound) {
			return err
		}
	}
	for _, id := range snaps {
		if err := c.removeSnap(h, space.Pool, rados.SnapID(id)); err != nil && !errors.Is(err, rados.ErrNotFound) {
			return err
		}
	}
	return nil
}

func (c *Cluster) removeSnap(h *handle, pool Pool, id rados.SnapID) error {
	if pool == Managed {
		return h.RemoveSelfManagedSnap(id)
	}
	name, err := h.GetSnapName(id)
	if err != nil {
		return err
	}
	return h.RemoveSnap(name)
}

func (s *session) close(space Space) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.opened, func(key handleKey, h *handle) bool {
		if key.space == space {
			h.Destroy()
		}
		return key.space == space
	})
}
