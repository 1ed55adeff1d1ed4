package radoslock

import (
	"fmt"
	"io/fs"
	"math"
	"time"
)

// defaultDuration is how long a lock stays taken after its holder has crashed.
const defaultDuration = 30 * time.Second

// Option is an option of New.
type Option func(*options)

type options struct {
	duration    time.Duration
	shared      bool
	tag         string
	description string
	waiting     waiting
}

// Duration sets the time after which the lock expires unless it is renewed. The default is
// 30 seconds. A crashed holder blocks others for that long; a holder that cannot reach the
// OSD loses the lock after three quarters of it. Durations below a second are possible if
// the OSD always answers within a small part of them.
func Duration(d time.Duration) Option {
	return func(o *options) { o.duration = d }
}

// Shared makes the lock shared: any number of clients can hold it at the same time if all
// of them take it shared and with the same Tag. They exclude those that take it exclusively.
func Shared() Option {
	return func(o *options) { o.shared = true }
}

// Tag sets the tag of the lock, which is empty by default. Holders of a shared lock must
// have the same one. An exclusive lock has no use for it, except to be like the lock of
// another program.
func Tag(tag string) Option {
	return func(o *options) { o.tag = tag }
}

// Description sets a text for people, which "rados lock info" displays.
func Description(text string) Option {
	return func(o *options) { o.description = text }
}

func collect(opts []Option) (options, error) {
	o := options{duration: defaultDuration, waiting: defaultWaiting}
	for _, opt := range opts {
		opt(&o)
	}
	if o.duration <= 0 || o.duration/time.Second > math.MaxUint32 {
		return o, fmt.Errorf("duration %v: %w", o.duration, fs.ErrInvalid)
	}
	return o, nil
}
