package modelcheck

import (
	"slices"
	"time"
)

// Replay performs the operations of an unexplained history once more, on an object of its own,
// one after the other and with all the time that they need. If the model does not explain
// that either, chance had no part in it, and Replay returns what remains unexplained with as few
// operations as it can. Otherwise it returns nothing.
func (r *Run) Replay(pool Pool, h History) History {
	fails := func(h History) bool { return r.again(pool, h).Check(r.CheckLimit) == Unexplained }
	if h = sorted(h); !fails(h) {
		return nil
	}
	for size := len(h) / 2; size > 0; size /= 2 {
		for from := 0; from < len(h); {
			shorter := slices.Delete(slices.Clone(h), from, min(from+size, len(h)))
			if len(shorter) > 0 && fails(shorter) {
				h = shorter
			} else {
				from += size
			}
		}
	}
	return r.again(pool, h)
}

// again performs the operations of a history and returns the new one.
func (r *Run) again(pool Pool, h History) History {
	r.replays++
	space := Space{pool, -r.replays}
	o := &object{space: space, name: "data-0", locks: h[0].Op.Owner != "" || h[0].Op.Kind == Lockers}
	if o.locks {
		o.name = "lock"
	}
	snaps := map[uint64]uint64{} // those of now by those of then
	snap := func(then uint64) uint64 {
		if then != 0 && snaps[then] == 0 {
			call := time.Since(r.began)
			snaps[then], _ = r.target.Snap(0, space)
			if pool == Named {
				o.add(Record{0, Op{Kind: Snapshot, Snap: snaps[then]}, call, time.Since(r.began), Done})
			}
		}
		return snaps[then]
	}
	var ids []uint64
	for _, rec := range h {
		op := rec.Op
		op.Budget = 0
		op.Owner = r.owner(rec.Worker, op)
		var have []uint64
		for _, then := range slices.Backward(op.Have) {
			have = append([]uint64{snap(then)}, have...)
		}
		op.Have, op.Snap = have, snap(op.Snap)
		if op.Kind != Snapshot && op.Kind != Listed {
			r.perform(rec.Worker, o, op)
		}
	}
	for _, id := range snaps {
		ids = append(ids, id)
	}
	r.target.Forget(space, []string{o.name}, ids) // if it fails, the remains do no harm
	return o.events
}
