package throttle

import "context"

// Target is what a blocking call waits for.
type Target int

// The targets.
const (
	OSD Target = iota
	Mon
	Mgr
	Ack // for room in librados' own bounds, for an acknowledgement

	targets
)

// MaxBlocking is the default number of calls that may block their threads.
const MaxBlocking = 64

// eighths is how much of the bound calls for each target may take.
var eighths = [targets]int{OSD: 4, Mon: 2, Mgr: 1, Ack: 1}

// Blocking limits the calls that block their threads until they return: those of librados that do
// not take a completion. Each target has a bound of its own, so that a call to the monitors never
// waits for calls to an OSD that does not answer.
type Blocking [targets]Limit

// SetMax sets how many calls may block their threads; 0 means MaxBlocking. Calls for each target may
// be a fixed part of these, but one at least.
func (b *Blocking) SetMax(calls int) {
	if calls == 0 {
		calls = MaxBlocking
	}
	for i := range b {
		b[i].SetMax(max(1, calls/8*eighths[i]+calls%8*eighths[i]/8), 0)
	}
}

// Max returns how many calls may block their threads.
func (b *Blocking) Max() (calls int) {
	for i := range b {
		most, _ := b[i].Max()
		calls += most
	}
	return calls
}

// Enter admits a call of owner as [Limit.Enter] does. The call ends with Exit(0) of the Limit that
// Enter returns.
func (b *Blocking) Enter(ctx context.Context, owner Owner, target Target) (*Limit, error) {
	limit := &b[target]
	if err := limit.Enter(ctx, owner, 0); err != nil {
		return nil, err
	}
	return limit, nil
}
