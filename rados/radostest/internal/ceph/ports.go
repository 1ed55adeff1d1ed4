package ceph

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
)

// A cluster takes one block of loopback ports. The blocks lie below the range
// from which kernels usually choose the ports of outgoing connections.
const (
	firstBlock = 20000
	blockSize  = 100
	blocks     = 120
)

// The loopback addresses.
const (
	ipv4Host = "127.0.0.1"
	ipv6Host = "::1"
)

// MaxMonitors is how many monitors have ports: the first ones after that of the guard, two each.
const MaxMonitors = 3

// MaxOSDs is how many OSDs find room in a block of ports: each binds four
// messengers, two addresses each.
const MaxOSDs = 10

// ports is a block of loopback ports that no other cluster uses.
//
// Listening on the block's first port reserves it: the kernel lets only one
// process do so, whichever temporary folder or mount namespace it runs in, and
// takes the reservation back however that process ends.
type ports struct {
	host     string // the address of all daemons
	base     int
	monitors int
	guard    net.Listener // on ipv4Host, whatever the daemons use
}

// reservePorts chooses ports for the daemons of a complete Config.
func reservePorts(cfg *Config) (*ports, error) {
	host := ipv4Host
	if cfg.IPv6 {
		host = ipv6Host
	}
	for _, n := range rand.Perm(blocks) {
		p := &ports{host: host, base: firstBlock + n*blockSize, monitors: cfg.Monitors}
		guard, err := net.Listen("tcp", net.JoinHostPort(ipv4Host, fmt.Sprint(p.base)))
		if err != nil {
			continue
		}
		p.guard = guard
		// A cluster that outlived its starter has no guard, but its monitors' ports are taken.
		if p.monsFree() {
			return p, nil
		}
		p.release()
	}
	return nil, errors.New("no block of loopback ports is free: are clusters of earlier runs still up?")
}

func (p *ports) addr(offset int) string {
	return net.JoinHostPort(p.host, fmt.Sprint(p.base+offset))
}

// monsFree reports whether all ports of the monitors are free.
func (p *ports) monsFree() bool {
	for offset := 1; offset <= 2*p.monitors; offset++ {
		if !p.free(offset) {
			return false
		}
	}
	return true
}

func (p *ports) free(offset int) bool {
	l, err := net.Listen("tcp", p.addr(offset))
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// monAddrs gives both protocols' addresses of a monitor: with only one of them, clients log
// mismatches, and some releases stall.
func (p *ports) monAddrs(monitor int) string {
	return fmt.Sprintf("[v2:%s,v1:%s]", p.addr(1+2*monitor), p.addr(2+2*monitor))
}

// allMonAddrs gives the addresses of all monitors.
func (p *ports) allMonAddrs() string {
	var list []string
	for i := range p.monitors {
		list = append(list, p.monAddrs(i))
	}
	return strings.Join(list, ",")
}

// others is the range in which mgr and OSDs look for free ports themselves.
func (p *ports) others() (first, last int) {
	return p.base + 1 + 2*p.monitors, p.base + blockSize - 1
}

func (p *ports) release() {
	p.guard.Close()
}
