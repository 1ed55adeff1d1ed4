package throttle

import "context"

// Target is what a blocking call waits for.
type Target int

// The targets.
const (
	OSD Target = iota
	Mon
	Mgr
	Room // in librados' own bounds

	targets
)

// MaxBlocking is the default number of calls that may block their threads for one target.
const MaxBlocking = 64

// Blocking limits the calls that block their threads until they return: those of librados that do
// not take a completion. Each target has a bound of its own, so that a call to the monitors never
// waits for calls to an OSD that does not answer.
type Blocking [targets]Limit

// SetMax sets the bound of each target; 0 means MaxBlocking.
func (b *Blocking) SetMax(calls int) {
	if calls == 0 {
		calls = MaxBlocking
	}
	for i := range b {
		b[i].SetMax(calls, 0)
	}
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
