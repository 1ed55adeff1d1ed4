// Package randomops performs random operations on a pool and describes their results, so that two
// kinds of clusters can be compared.
package randomops

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// Run performs n operations on a pool that is empty, and returns a line for each of them, with the
// state of the object after it. The same seed performs the same operations.
func Run(ioctx *rados.IOContext, seed uint64, n int) ([]string, error) {
	r := &runner{Rand: rand.New(rand.NewPCG(seed, 0)), ioctx: ioctx, versions: make(map[string]uint64)}
	defer r.reset()
	for range n {
		if err := r.next(); err != nil {
			return r.lines, err
		}
	}
	return r.lines, nil
}

type runner struct {
	*rand.Rand
	ioctx    *rados.IOContext
	space    string
	versions map[string]uint64 // the newest version of each object that is known
	snaps    []rados.SnapID    // oldest first
	lines    []string
}

// reset makes the IOContext write as it did before.
func (r *runner) reset() {
	r.ioctx.SetNamespace("")
	r.ioctx.SetSnapContext(0, nil)
}

// next performs one operation.
func (r *runner) next() error {
	r.space = pick(r, "", "space")
	r.ioctx.SetNamespace(r.space)
	oid := pick(r, "a", "b", "c", "d")
	var line string
	switch k := r.IntN(20); {
	case k < 9:
		line = r.change(oid)
	case k < 15:
		line = r.read(r.ioctx, oid)
	case k < 17:
		line = r.lock(oid)
	case k < 18:
		line = r.list()
	default:
		line = r.snapshot(oid)
	}
	state, err := r.state(oid)
	if state == "none" {
		delete(r.versions, r.space+"/"+oid) // librados returns that of the placement group
	}
	r.lines = append(r.lines, fmt.Sprintf("%q %s: %s -> %s", r.space, oid, line, state))
	return err
}

func pick[T any](r *runner, values ...T) T { return values[r.IntN(len(values))] }

func (r *runner) bytes(most int) []byte {
	b := make([]byte, r.IntN(most+1))
	for i := range b {
		b[i] = byte('a' + r.IntN(3))
	}
	return b
}

func (r *runner) key() string { return pick(r, "k", "k1", "k2", "l", "") }

// name returns the name of an attribute.
func (r *runner) name() string { return pick(r, "x", "y") }

// code describes an error without the texts of its causes.
func code(err error) string {
	var operation rados.OperationError
	var coded interface{ ErrorCode() int }
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &operation):
		text := code(operation.OpError)
		for _, i := range slices.Sorted(maps.Keys(operation.StepErrors)) {
			text += fmt.Sprintf(" %d:%s", i, code(operation.StepErrors[i]))
		}
		return text
	case errors.Is(err, rados.ErrOperationIncomplete):
		return "not performed"
	case errors.As(err, &coded):
		return fmt.Sprint(coded.ErrorCode())
	}
	return err.Error()
}

// assertVersion adds a step that asserts a version near the newest one that is known.
func (r *runner) assertVersion(oid string, add func(uint64)) string {
	delta := r.IntN(4) / 3
	version := int64(r.versions[r.space+"/"+oid]) + int64(delta)
	if version < 1 {
		return "none"
	}
	add(uint64(version))
	return fmt.Sprintf("AssertVersion(%+d)", delta)
}

func (r *runner) compare() rados.CompareOp {
	return pick(r, rados.CompareEQ, rados.CompareNE, rados.CompareGT, rados.CompareGTE, rados.CompareLT, rados.CompareLTE)
}

// change performs a write operation.
func (r *runner) change(oid string) string {
	op := rados.CreateWriteOp()
	var steps []string
	add := func(format string, args ...any) { steps = append(steps, fmt.Sprintf(format, args...)) }
	// OSDs resurrect data if steps follow Remove and the object has snapshots.
	for removed, left := false, 1+r.IntN(4); left > 0 && !removed; left-- {
		offset, length := uint64(r.IntN(30)), uint64(r.IntN(20))
		data, key, name := r.bytes(12), r.key(), r.name()
		mayFail := true
		switch r.IntN(21) {
		case 0, 1:
			data = append(data, 'w') // an OSD that keeps its objects in memory stops after an empty write beyond the end
			op.Write(data, offset)
			add("Write(%s, %d)", data, offset)
		case 2:
			op.WriteFull(data)
			add("WriteFull(%s)", data)
		case 3:
			op.Append(data)
			add("Append(%s)", data)
		case 4:
			op.Truncate(offset)
			add("Truncate(%d)", offset)
		case 5:
			op.Zero(offset, length)
			add("Zero(%d, %d)", offset, length)
		case 6:
			count := uint64(r.IntN(4))
			op.WriteSame([]byte("pq"), 2*count+uint64(r.IntN(5)/4), offset)
			add("WriteSame(%d, %d)", count, offset)
		case 7:
			how := pick(r, rados.CreateOption(rados.CreateExclusive), rados.CreateIdempotent)
			op.Create(how)
			add("Create(%d)", how)
		case 8:
			op.Remove()
			removed = true
			add("Remove")
		case 9:
			op.SetXattr(name, data)
			add("SetXattr(%s, %s)", name, data)
		case 10:
			op.RmXattr(name)
			add("RmXattr(%s)", name)
		case 11, 12:
			pairs := map[string][]byte{key: data, r.key(): r.bytes(5)}
			op.SetOmap(pairs)
			add("SetOmap(%q)", pairs)
		case 13:
			op.RmOmapKeys([]string{key, r.key()})
			add("RmOmapKeys(%q)", key)
		case 14:
			op.CleanOmap()
			add("CleanOmap")
		case 15:
			op.AssertExists()
			add("AssertExists")
		case 16:
			add("%s", r.assertVersion(oid, op.AssertVersion))
		case 17:
			how, given := r.compare(), r.bytes(2)
			op.CmpXattr(name, how, given)
			add("CmpXattr(%s, %d, %s)", name, how, given)
		case 18:
			how, given := r.compare(), r.bytes(2)
			op.CmpOmap(key, how, given)
			add("CmpOmap(%q, %d, %s)", key, how, given)
		case 19:
			given := r.bytes(2)
			op.CmpExt(given, offset)
			add("CmpExt(%s, %d)", given, offset)
			mayFail = false // an OSD of 20.2 answers EIO then, in place of going on
		case 20:
			op.SetAllocationHint(100, 10, 0)
			add("SetAllocationHint")
		}
		if r.IntN(8) == 0 && mayFail {
			op.SetFlags(rados.OpFlagFailOk)
			add("FailOk")
		}
	}
	err := op.Operate(r.ioctx, oid, rados.OperationNoFlag)
	r.note(oid, err)
	// A failed write reports the codes of its steps in some releases only.
	var operation rados.OperationError
	if errors.As(err, &operation) && operation.OpError != nil {
		err = operation.OpError
	}
	return strings.Join(steps, " ") + " = " + code(err)
}

// note keeps the version of an object that was changed.
func (r *runner) note(oid string, err error) {
	if err != nil {
		return
	}
	if version, err := r.ioctx.GetLastVersion(); err == nil {
		r.versions[r.space+"/"+oid] = version
	}
}

// read performs a read operation.
func (r *runner) read(ioctx *rados.IOContext, oid string) string {
	op := rados.CreateReadOp()
	var steps []string
	var results []func() string
	add := func(result func() string, format string, args ...any) {
		steps = append(steps, fmt.Sprintf(format, args...))
		if result != nil {
			results = append(results, result)
		}
	}
	for range 1 + r.IntN(4) {
		offset, buf, key, name, given := uint64(r.IntN(30)), make([]byte, r.IntN(20)), r.key(), r.name(), r.bytes(2)
		most := uint64(r.IntN(4))
		switch r.IntN(12) {
		case 0, 1:
			step := op.Read(offset, buf)
			add(func() string { return fmt.Sprintf("%d %d %q", step.Result, step.BytesRead, buf) }, "Read(%d, %d)", offset, len(buf))
		case 2:
			step := op.Stat()
			add(func() string {
				stat, err := step.Stat()
				return fmt.Sprint(stat.Size, code(err))
			}, "Stat")
		case 3:
			step := op.GetXattrs()
			add(func() string {
				xattrs, err := step.Xattrs()
				return fmt.Sprintf("%q %s", withoutLocks(xattrs), code(err))
			}, "GetXattrs")
		case 4:
			prefix := pick(r, "", "k", "m")
			step := op.GetOmapValues(key, prefix, most)
			add(func() string {
				pairs, err := all(step.Next)
				return fmt.Sprintf("%q %v %s", pairs, step.More(), code(err))
			}, "GetOmapValues(%q, %q, %d)", key, prefix, most)
		case 5:
			step := op.GetOmapKeys(key, most)
			add(func() string {
				keys, err := step.Keys()
				return fmt.Sprintf("%q %v %s", keys, step.More(), code(err))
			}, "GetOmapKeys(%q, %d)", key, most)
		case 6:
			step := op.GetOmapValuesByKeys([]string{key, "k", "none"})
			add(func() string {
				pairs, err := all(step.Next)
				return fmt.Sprintf("%q %s", pairs, code(err))
			}, "GetOmapValuesByKeys(%q)", key)
		case 7:
			op.AssertExists()
			add(nil, "AssertExists")
		case 8:
			add(nil, "%s", r.assertVersion(oid, op.AssertVersion))
		case 9:
			how := r.compare()
			op.CmpXattr(name, how, given)
			add(nil, "CmpXattr(%s, %d, %s)", name, how, given)
		case 10:
			how := r.compare()
			op.CmpOmap(key, how, given)
			add(nil, "CmpOmap(%q, %d, %s)", key, how, given)
		case 11:
			step := op.CmpExt(given, offset)
			add(func() string { return fmt.Sprint(step.Result) }, "CmpExt(%s, %d)", given, offset)
		}
		if r.IntN(8) == 0 {
			op.SetFlags(rados.OpFlagFailOk)
			add(nil, "FailOk")
		}
	}
	line := "read " + strings.Join(steps, " ") + " = " + code(op.Operate(ioctx, oid, rados.OperationNoFlag))
	for _, result := range results {
		line += "; " + result()
	}
	return line
}

// all returns the pairs of a step.
func all(next func() (*rados.OmapKeyValue, error)) (pairs []rados.OmapKeyValue, err error) {
	for {
		pair, err := next()
		if pair == nil || err != nil {
			return pairs, err
		}
		pairs = append(pairs, *pair)
	}
}

// withoutLocks returns the attributes that are no locks.
func withoutLocks(xattrs map[string][]byte) map[string][]byte {
	maps.DeleteFunc(xattrs, func(name string, _ []byte) bool { return strings.HasPrefix(name, "lock.") })
	return xattrs
}

// lock takes, releases or lists a lock.
func (r *runner) lock(oid string) string {
	delete(r.versions, r.space+"/"+oid) // a lock changes it
	cookie, tag := pick(r, "c1", "c2"), pick(r, "t1", "t1", "t2")
	options := rados.LockOptions{Cookie: cookie, Description: "d", Flags: pick(r, 0, 0, rados.LockMayRenew, rados.LockMustRenew)}
	if r.IntN(4) == 0 {
		options.Duration = time.Hour
	}
	switch r.IntN(6) {
	case 0:
		return fmt.Sprintf("Lock(%+v) = %s", options, code(r.ioctx.Lock(oid, "lock", options)))
	case 1, 2:
		return fmt.Sprintf("RLock(%s, %+v) = %s", tag, options, code(r.ioctx.RLock(oid, "lock", tag, options)))
	case 3, 4:
		return fmt.Sprintf("ReleaseLock(%s) = %s", cookie, code(r.ioctx.ReleaseLock(oid, "lock", cookie)))
	}
	info, err := r.ioctx.ListLockers(oid, "lock")
	if err != nil {
		return "ListLockers = " + code(err)
	}
	return fmt.Sprintf("ListLockers = %d %v %q %q", info.NumLockers, info.Exclusive, info.Tag, info.Cookies)
}

// list lists all objects.
func (r *runner) list() string {
	space := pick(r, "", "space", rados.AllNamespaces)
	r.ioctx.SetNamespace(space)
	defer r.ioctx.SetNamespace(r.space)
	var names []string
	for object, err := range r.ioctx.Objects() {
		if err != nil {
			return "list = " + code(err)
		}
		names = append(names, object.Namespace+"/"+object.Name)
	}
	slices.Sort(names)
	return fmt.Sprintf("list(%q) = %q", space, names)
}

// snapshot takes or uses a snapshot.
func (r *runner) snapshot(oid string) string {
	if len(r.snaps) < 2 || len(r.snaps) < 6 && r.IntN(8) == 0 {
		id, err := r.ioctx.CreateSelfManagedSnap()
		if err != nil {
			return "CreateSelfManagedSnap = " + code(err)
		}
		r.snaps = append(r.snaps, id)
		newest := slices.SortedFunc(slices.Values(r.snaps), func(a, b rados.SnapID) int { return cmp.Compare(b, a) })
		return "CreateSelfManagedSnap = " + code(r.ioctx.SetSnapContext(id, newest))
	}
	i := r.IntN(len(r.snaps))
	if r.IntN(3) == 0 {
		err := r.ioctx.RollbackSelfManagedSnap(oid, r.snaps[i])
		delete(r.versions, r.space+"/"+oid) // which librados does not return
		return fmt.Sprintf("Rollback(%d) = %s", i, code(err))
	}
	then, err := r.ioctx.WithReadSnap(r.snaps[i])
	if err != nil {
		return "WithReadSnap = " + code(err)
	}
	defer then.Destroy()
	buf := make([]byte, 40)
	n, err := then.Read(oid, buf, 0)
	return fmt.Sprintf("at %d: %q %s", i, buf[:max(n, 0)], code(err))
}

// state returns all of an object.
func (r *runner) state(oid string) (string, error) {
	op := rados.CreateReadOp()
	buf := make([]byte, 200)
	data, xattrs, omap := op.Read(0, buf), op.GetXattrs(), op.GetOmapValues("", "", 100)
	err := op.Operate(r.ioctx, oid, rados.OperationNoFlag)
	if errors.Is(err, rados.ErrNotFound) {
		return "none", nil
	}
	if err != nil {
		return "", err
	}
	names, err := xattrs.Xattrs()
	if err != nil {
		return "", err
	}
	pairs, err := all(omap.Next)
	return fmt.Sprintf("%q %q %q", buf[:data.BytesRead], withoutLocks(names), pairs), err
}
