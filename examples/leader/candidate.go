package main

import (
	"context"
	"log"
	"time"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radoslock"
)

const lockName = "leader"

// candidate takes part in an election.
type candidate struct {
	ioctx  *rados.IOContext
	object string
	name   string
	ttl    time.Duration
	log    *log.Logger
}

// run takes part until ctx ends. Whenever the candidate leads it calls lead, whose
// context ends with the leadership.
func (c *candidate) run(ctx context.Context, lead func(context.Context)) {
	m := radoslock.New(c.ioctx, c.object, lockName,
		radoslock.Duration(c.ttl*4/5), radoslock.Description(c.name))
	for ctx.Err() == nil {
		err := m.Do(ctx, func(ctx context.Context) error {
			lead(ctx)
			return nil
		})
		if err == nil || ctx.Err() != nil {
			continue
		}
		c.log.Print(err) // and try again: the OSD may come back
		select {
		case <-ctx.Done():
		case <-time.After(c.ttl / 10):
		}
	}
}
