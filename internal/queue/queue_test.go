// Package testing/synctest came with Go 1.25.

//go:build go1.25

package queue

import (
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
)

// Each test is in a bubble, which complains if a goroutine remains.

func collect[T any](c <-chan T) []T {
	var list []T
	for item := range c {
		list = append(list, item)
	}
	return list
}

func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int]()
		var want []int
		for i := range 1000 {
			q.Put(i)
			want = append(want, i)
		}
		synctest.Wait() // Put does not wait for a reader
		q.Finish()
		assert.Equal(t, want, collect(q.C()))
	})
}

func TestReadAsItComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[string]()
		for _, item := range []string{"a", "", "b"} {
			synctest.Wait() // the queue is empty, and nothing is to be done
			select {
			case <-q.C():
				assert.Fail(t, "there is an item")
			default:
			}
			q.Put(item)
			assert.Equal(t, item, <-q.C())
		}
		q.Close()
		assert.Empty(t, collect(q.C()))
	})
}

func TestFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int]()
		q.Put(1)
		q.Finish()
		q.Put(2)
		q.Finish()
		synctest.Wait()
		assert.Equal(t, []int{1}, collect(q.C()), "what comes after Finish is dropped")
	})
}

func TestFinishEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int]()
		synctest.Wait()
		q.Finish()
		assert.Empty(t, collect(q.C()))
	})
}

// TestCloseWithoutReader leaves items in the queue that are never read.
func TestCloseWithoutReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int]()
		q.Put(1)
		q.Put(2)
		synctest.Wait() // the first waits for a reader
		q.Close()
		synctest.Wait()
		assert.Empty(t, collect(q.C()), "what was not read by then is dropped")
		q.Put(3)
		q.Finish()
		q.Close()
	})
}

func TestCloseAfterFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int]()
		q.Put(1)
		q.Finish()
		synctest.Wait()
		q.Close()
		synctest.Wait()
		assert.Empty(t, collect(q.C()))
	})
}

// TestMany puts from many goroutines: nothing is dropped, and the order of each is
// kept.
func TestMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const writers, each = 8, 500
		type item struct{ writer, n int }
		q := New[item]()
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for n := range each {
					q.Put(item{w, n})
				}
			})
		}
		go func() {
			wg.Wait()
			q.Finish()
		}()
		var next [writers]int
		for i := range q.C() {
			assert.Equal(t, next[i.writer], i.n)
			next[i.writer]++
		}
		for _, n := range next {
			assert.Equal(t, each, n)
		}
	})
}

// TestCloseMeanwhile closes while others put, finish and read.
func TestCloseMeanwhile(t *testing.T) {
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			q := New[int]()
			for range 3 {
				go func() {
					for i := range 100 {
						q.Put(i)
					}
					q.Finish()
				}()
				go collect(q.C())
				go q.Close()
			}
		})
	}
}

// TestMemory has a reader that pauses for long: the items that it has read are freed.
func TestMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[*int]()
		for i := range 100 {
			q.Put(&i)
		}
		for range 100 {
			<-q.C()
		}
		synctest.Wait()
		q.mu.Lock()
		assert.Nil(t, q.items)
		q.mu.Unlock()
		q.Close()
	})
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestReceived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int]()
		assert.True(t, isClosed(q.Received()), "nothing is in it")
		q.Put(1)
		q.Put(2)
		first := q.Received()
		q.Put(3)
		all, same := q.Received(), q.Received()
		for range 100 {
			q.Received()
		}
		assert.Len(t, q.marks, 2, "a flush that is tried again and again adds nothing")
		for _, want := range []struct{ first, all bool }{{false, false}, {true, false}, {true, true}} {
			synctest.Wait()
			assert.False(t, isClosed(all))
			<-q.C()
			synctest.Wait()
			assert.Equal(t, want.first, isClosed(first))
			assert.Equal(t, want.all, isClosed(all))
			assert.Equal(t, want.all, isClosed(same))
		}
		q.Put(4)
		ended := q.Received()
		assert.False(t, isClosed(ended))
		q.Finish()
		assert.True(t, isClosed(ended))
		assert.True(t, isClosed(q.Received()))
		q.Close()

		q = New[int]()
		q.Put(1)
		closed := q.Received()
		assert.False(t, isClosed(closed))
		q.Close()
		assert.True(t, isClosed(closed))
		assert.True(t, isClosed(q.Received()))
	})
}
