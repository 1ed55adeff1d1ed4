package ceph

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// A cluster takes one block of loopback ports. The blocks lie below the range
// from which kernels usually choose the ports of outgoing connections.
const (
	firstBlock = 20000
	blockSize  = 100
	blocks     = 120
)

// MaxOSDs is how many OSDs find room in a block of ports: each binds four
// messengers, two addresses each.
const MaxOSDs = 10

// ports is a block of loopback ports that no other cluster uses.
//
// Listening on the block's first port reserves it: the kernel lets only one
// process do so, whichever temporary folder or mount namespace it runs in, and
// takes the reservation back however that process ends.
type ports struct {
	base  int
	guard net.Listener
}

func reservePorts() (*ports, error) {
	for _, n := range rand.Perm(blocks) {
		p := &ports{base: firstBlock + n*blockSize}
		guard, err := net.Listen("tcp", p.addr(0))
		if err != nil {
			continue
		}
		p.guard = guard
		// A cluster that outlived its starter has no guard, but its monitor's ports are taken.
		if p.free(1) && p.free(2) {
			return p, nil
		}
		p.release()
	}
	return nil, errors.New("no block of loopback ports is free: are clusters of earlier runs still up?")
}

func (p *ports) addr(offset int) string {
	return fmt.Sprintf("127.0.0.1:%d", p.base+offset)
}

func (p *ports) free(offset int) bool {
	l, err := net.Listen("tcp", p.addr(offset))
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// monAddrs gives both protocols' addresses: with only one of them, clients log
// mismatches, and some releases stall.
func (p *ports) monAddrs() string {
	return fmt.Sprintf("[v2:%s,v1:%s]", p.addr(1), p.addr(2))
}

// others is the range in which mgr and OSDs look for free ports themselves.
func (p *ports) others() (first, last int) {
	return p.base + 3, p.base + blockSize - 1
}

func (p *ports) release() {
	p.guard.Close()
}
