package main

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// histogram counts latencies, in 32 buckets for each power of two, as bench/c/worker.h
// does. All goroutines share it, since one each would add to the measured memory.
type histogram [64 << bucketBits]atomic.Uint64

const bucketBits = 5

func (h *histogram) add(d time.Duration) {
	ns := uint64(max(d, 0))
	e := max(0, bits.Len64(ns)-1-bucketBits)
	h[uint64(e)<<bucketBits+ns>>e].Add(1)
}

func (h *histogram) total() (n uint64) {
	for i := range h {
		n += h[i].Load()
	}
	return n
}

// quantile returns the latency that a share q of the operations did not exceed, with the
// accuracy of a bucket.
func (h *histogram) quantile(q float64) time.Duration {
	rank, seen := q*float64(h.total()), uint64(0)
	for i := range h {
		seen += h[i].Load()
		if seen > 0 && float64(seen) >= rank {
			e := max(0, i>>bucketBits-1)
			return time.Duration((i - e<<bucketBits) << e)
		}
	}
	return 0
}

func (h *histogram) reset() {
	for i := range h {
		h[i].Store(0)
	}
}
