package modelcheck

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// History is what happened to one object, in any order.
type History []Record

// Verdict is what there is to say about a history.
type Verdict string

// The verdicts.
const (
	Explained   Verdict = "explained"
	Unexplained Verdict = "unexplained"
	Undecided   Verdict = "undecided" // there was not enough time
)

// Check says whether there is an order of the operations that explains the history: in which
// each takes place between its call and its return, and has the result that the model
// gives it. One whose outcome is unknown may take place at any time after its call, or not
// at all.
//
// Most histories are explained by an order that Check finds fast because it rules out
// others early, a few of them wrongly. If it finds no order, Check tries all.
func (h History) Check(limit time.Duration) Verdict {
	if check(model(h.pasts()), h.withoutTraceless(), limit) == Explained {
		return Explained
	}
	return check(model(nil), h, limit)
}

func check(m porcupine.Model, h History, limit time.Duration) Verdict {
	switch porcupine.CheckOperationsTimeout(m, h.operations(), limit) {
	case porcupine.Ok:
		return Explained
	case porcupine.Illegal:
		return Unexplained
	}
	return Undecided
}

// operations are what the library checks.
func (h History) operations() []porcupine.Operation {
	list := make([]porcupine.Operation, 0, len(h))
	for _, r := range h {
		if r.Result == NotDone || r.Result == Unknown && r.Op.looks() {
			continue
		}
		end := int64(r.Return)
		if r.Result == Unknown {
			end = math.MaxInt64 // after the last read it makes no difference
		}
		list = append(list, porcupine.Operation{
			ClientId: r.Worker, Input: r.Op, Call: int64(r.Call), Output: r.Result, Return: end,
		})
	}
	return list
}

// model is the model for the library. The pasts say what the object is known to have been at
// snapshots: an order in which it was anything else is not followed any further.
func model(pasts map[uint64]string) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return State{} },
		Step: func(state, input, output any) (bool, any) {
			before := state.(State)
			after, want := before.Apply(input.(Op))
			return (output == Unknown || output == want) && after.newestAre(pasts, before.newest), after
		},
		Equal: func(a, b any) bool { return a.(State).equal(b.(State)) },
	}
}

// newestAre says whether the snapshots since one are what they should be. What they are
// does not change any more.
func (s State) newestAre(pasts map[uint64]string, since uint64) bool {
	if s.newest == since {
		return true
	}
	for snap, past := range pasts {
		if since < snap && snap <= s.newest && look(s.at(snap), Op{Kind: ReadAll}) != past {
			return false
		}
	}
	return true
}

// pasts are what was seen at each snapshot when it was looked at for the last time.
func (h History) pasts() map[uint64]string {
	list := map[uint64]string{}
	for _, r := range sorted(h) {
		if r.Op.Kind == ReadAll && r.Op.Snap != 0 && r.Result != NotDone {
			list[r.Op.Snap] = r.Result
		}
	}
	return list
}

// withoutTraceless leaves out operations whose outcome is unknown and of which nothing was
// ever seen, as if they had not been performed.
func (h History) withoutTraceless() History {
	seen := map[string]bool{}
	for _, r := range h {
		for _, value := range r.saw() {
			seen[value] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(h), func(r Record) bool {
		return r.Result == Unknown && r.Op.Value != "" && !seen[r.Op.Value]
	})
}

// expected is what the last operation to have a result would have had, if it had been the last
// to take place.
func (h History) expected(limit time.Duration) string {
	last := h.last()
	before := slices.DeleteFunc(slices.Clone(h), func(r Record) bool { return r.Worker == last.Worker && r.Call == last.Call })
	_, info := porcupine.CheckOperationsVerbose(model(nil), before.operations(), limit)
	var state State
	for _, orders := range info.PartialLinearizationsOperations() {
		for _, order := range orders[:min(1, len(orders))] {
			for _, op := range order {
				state, _ = state.Apply(op.Input.(Op))
			}
		}
	}
	_, result := state.Apply(last.Op)
	return result
}

// last is the operation whose result was known last.
func (h History) last() Record {
	return slices.MaxFunc(h, func(a, b Record) int { return cmp.Compare(a.known(), b.known()) })
}

// Shrink returns as little of an unexplained history as remains unexplained: the part up
// to the first contradiction, without the operations that have nothing to do with it. What
// it can't decide within the limit, or a hundredth of that for one step, it leaves as it is.
func (h History) Shrink(limit time.Duration) History {
	end := time.Now().Add(limit)
	step := max(limit/100, time.Second/10)
	unexplained := func(h History) bool { return time.Now().Before(end) && h.Check(step) == Unexplained }
	h = h.upToFirst(unexplained)
	last := h.last()
	fails := func(h History) bool { // and all that came before the contradiction is explained
		return unexplained(h) && h.forgetting(last).Check(step) == Explained
	}
	h = h.withoutLooks(fails)
	for {
		shorter := h.withoutChanges(fails)
		if len(shorter) == len(h) {
			return h
		}
		h = shorter
	}
}

// known is when the result of the operation was known, 0 if it never was.
func (r Record) known() time.Duration {
	if r.Result == Unknown || r.Result == NotDone {
		return 0
	}
	return r.Return
}

// forgetting is the history with the result of one operation unknown.
func (h History) forgetting(one Record) History {
	h = slices.Clone(h)
	for i, r := range h {
		if r.Worker == one.Worker && r.Call == one.Call {
			h[i].Result = Unknown
		}
	}
	return h
}

// upToFirst cuts a history where it begins to fail. An operation in flight at that time has an unknown
// outcome.
func (h History) upToFirst(fails func(History) bool) History {
	h = slices.SortedFunc(slices.Values(h), func(a, b Record) int { return cmp.Compare(a.Return, b.Return) })
	until := func(n int) History {
		end := h[n-1].Return
		var part History
		for i, r := range h {
			switch {
			case i < n:
				part = append(part, r)
			case r.Call <= end:
				r.Result = Unknown
				part = append(part, r)
			}
		}
		return part
	}
	low, high := 0, len(h) // the first low do not fail, the first high do
	for high-low > 1 {
		if middle := (low + high) / 2; fails(until(middle)) {
			high = middle
		} else {
			low = middle
		}
	}
	return sorted(until(max(high, 1)))
}

// sorted is the history in the order of the calls.
func sorted(h History) History {
	return slices.SortedFunc(slices.Values(h), func(a, b Record) int { return cmp.Compare(a.Call, b.Call) })
}

// withoutLooks leaves out the operations that look, as many as it can: what remains
// contradicts itself as it did before.
func (h History) withoutLooks(fails func(History) bool) History {
	for size := max(1, len(h)/2); size > 0; size /= 2 {
		for from := 0; from < len(h); {
			piece := h[from:min(from+size, len(h))]
			changes := slices.DeleteFunc(slices.Clone(piece), func(r Record) bool { return r.Op.looks() })
			shorter := slices.Concat(h[:from], changes, h[from+len(piece):])
			if len(shorter) < len(h) && fails(shorter) {
				h = shorter
				from += len(changes)
			} else {
				from += size
			}
		}
	}
	return h
}

// withoutChanges leaves out the operations that change something, but only those that would
// not explain the rest even if they had been performed at another time, or not at all.
func (h History) withoutChanges(fails func(History) bool) History {
	whole := h
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].Op.looks() {
			continue
		}
		perhaps := slices.Clone(h)
		perhaps[i].Result = Unknown
		without := slices.Delete(slices.Clone(h), i, i+1)
		if without.closed(whole) && fails(perhaps) && fails(without) {
			h = without
		}
	}
	return h
}

// closed says whether everything that the operations saw, and was there in the whole history,
// is still written by one of them.
func (h History) closed(whole History) bool {
	now, before := h.made(), whole.made()
	for _, r := range h {
		for _, thing := range r.saw() {
			if before[thing] && !now[thing] {
				return false
			}
		}
	}
	return true
}

// made are the values, and the snapshots by name, that the operations made.
func (h History) made() map[string]bool {
	list := map[string]bool{}
	for _, r := range h {
		switch {
		case r.Op.Kind == Snapshot:
			list[fmt.Sprint("snapshot ", r.Op.Snap)] = true
		case !r.Op.looks():
			list[r.Op.Value], list[r.Op.Owner] = true, true
		}
	}
	return list
}

// saw are the values and snapshots that the operation met with.
func (r Record) saw() []string {
	list := valuePattern.FindAllString(r.Op.Want, -1)
	if r.Op.looks() {
		list = append(list, valuePattern.FindAllString(r.Result, -1)...)
	}
	return append(list, fmt.Sprint("snapshot ", r.Op.Snap))
}

func (h History) String() string {
	var b strings.Builder
	for _, r := range h {
		fmt.Fprintln(&b, r)
	}
	return b.String()
}
