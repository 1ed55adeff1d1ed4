package main

import (
	"context"
	"errors"
	"log"
	"time"

	"github.com/go-rados/go-rados/rados"
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
func (c *candidate) run(ctx context.Context, lead func(context.Context)) error {
	if err := c.ioctx.Create(c.object, rados.CreateIdempotent); err != nil { // an object must exist to be watched
		return err
	}
	listening, end := context.WithCancel(context.WithoutCancel(ctx)) // its own farewell is heard here too
	news, ended := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(ended)
		c.listen(listening, news)
	}()
	defer func() {
		end()
		<-ended
	}()
	for ctx.Err() == nil {
		until, err := c.lock(rados.LockMayRenew) // it may be there from a try that timed out
		if err == nil {
			c.reign(ctx, until, lead)
			continue
		}
		if !errors.Is(err, rados.ErrLocked) {
			c.log.Print(err) // and try again: the OSD may come back
		}
		select {
		case <-ctx.Done():
		case <-news:
		case <-time.After(c.ttl / 10):
		}
	}
	return nil
}

// lock takes or renews the lock, and returns until when no other candidate can have it. That
// counts from before it is asked for: the OSD counts from later on.
func (c *candidate) lock(flags rados.LockFlags) (until time.Time, err error) {
	duration := c.ttl * 4 / 5
	until = time.Now().Add(duration)
	return until, c.ioctx.Lock(c.object, lockName, rados.LockOptions{
		Cookie:      c.name,
		Description: "the leader",
		Duration:    duration,
		Flags:       flags,
	})
}

// reign leads until the lock is lost or ctx ends, and then releases it.
func (c *candidate) reign(ctx context.Context, until time.Time, lead func(context.Context)) {
	reign, end := context.WithCancel(ctx)
	defer end()
	expiry := time.AfterFunc(time.Until(until), end) // whatever renewing waits for
	defer expiry.Stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer end()
		lead(reign)
	}()
	c.keep(reign, expiry)
	end()
	<-done
	c.abdicate()
}

// keep renews the lock until ctx ends or another candidate has it.
func (c *candidate) keep(ctx context.Context, expiry *time.Timer) {
	tick := time.NewTicker(c.ttl / 5)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		until, err := c.lock(rados.LockMustRenew)
		switch {
		case err == nil:
			expiry.Reset(time.Until(until))
		case errors.Is(err, rados.ErrNotFound), errors.Is(err, rados.ErrLocked):
			c.log.Print("the lock is lost: ", err)
			return
		default:
			c.log.Print(err) // there is time left to try again
		}
	}
}

// abdicate releases the lock, and notifies the candidates that wait for it.
func (c *candidate) abdicate() {
	err := c.ioctx.ReleaseLock(c.object, lockName, c.name)
	if errors.Is(err, rados.ErrNotFound) {
		return // it has expired, or was broken
	}
	if err != nil {
		c.log.Print(err) // it will expire
		return
	}
	// Candidates that died lately can't answer, and need not.
	_, dead, err := c.ioctx.NotifyWithTimeout(c.object, []byte(c.name+" goes"), time.Second)
	if err != nil && len(dead) == 0 {
		c.log.Print(err)
	}
}

// listen puts something into news whenever a leader has gone.
func (c *candidate) listen(ctx context.Context, news chan<- struct{}) {
	for {
		err := c.watch(ctx, news)
		if ctx.Err() != nil {
			return
		}
		c.log.Print("the watch is lost: ", err)
		select {
		case <-ctx.Done():
		case <-time.After(c.ttl / 10):
		}
	}
}

// watch does so until ctx ends or the watch is lost.
func (c *candidate) watch(ctx context.Context, news chan<- struct{}) error {
	watcher, err := c.ioctx.WatchWithTimeout(c.object, c.ttl)
	if err != nil {
		return err
	}
	defer watcher.Delete()
	for {
		select {
		case <-ctx.Done():
			return nil
		case event, ok := <-watcher.Events():
			if !ok {
				return <-watcher.Errors()
			}
			if err := event.Ack(nil); err != nil {
				c.log.Print(err)
			}
			select {
			case news <- struct{}{}:
			default: // it is known already
			}
		}
	}
}
