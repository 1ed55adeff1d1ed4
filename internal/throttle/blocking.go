package throttle

import "context"

// Waits is what a call keeps its thread for.
type Waits int

// What there is to wait for.
const (
	OSD Waits = iota
	Mon
	Mgr
	Room // in the bounds of librados itself

	kinds
)

// MaxBlocking is how many calls may keep their threads for one thing unless SetMax says
// otherwise.
const MaxBlocking = 64

// Blocking bounds the calls that keep their threads until they return, which librados makes them
// do that do not take a completion. Each thing that they wait for has a bound of its own, so that
// a call to the monitors never waits behind calls to an OSD that does not answer.
type Blocking [kinds]Limit

// SetMax sets the bound of each kind of call; 0 stands for MaxBlocking.
func (b *Blocking) SetMax(calls int) {
	if calls == 0 {
		calls = MaxBlocking
	}
	for i := range b {
		b[i].SetMax(calls, 0)
	}
}

// Enter admits a call of owner once there is room, or returns the error of ctx. The call ends
// with Exit(0) of the Limit that it returns.
func (b *Blocking) Enter(ctx context.Context, owner Owner, waits Waits) (*Limit, error) {
	limit := &b[waits]
	if err := limit.Enter(ctx, owner, 0); err != nil {
		return nil, err
	}
	return limit, nil
}
