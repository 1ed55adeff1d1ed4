package modelcheck

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// memory is a Target that needs no cluster: it is the model itself. A flaw makes it break
// its word.
type memory struct {
	mu      sync.Mutex
	objects map[memoryKey]State
	snaps   uint64
	flaw    flaw
}

type memoryKey struct {
	space Space
	name  string
}

// flaw may change the result of an operation, given the state before, and the state and
// the result that there should be.
type flaw func(before State, op Op, after State, result string) (State, string)

func newMemory(f flaw) *memory { return &memory{objects: map[memoryKey]State{}, flaw: f} }

func (m *memory) Do(_ int, space Space, name string, op Op) string {
	m.pause()
	defer m.pause()
	m.mu.Lock()
	defer m.mu.Unlock()
	key := memoryKey{space, name}
	after, result := m.objects[key].Apply(op)
	if m.flaw != nil {
		after, result = m.flaw(m.objects[key], op, after, result)
	}
	m.objects[key] = after
	return result
}

// pause lets operations overlap.
func (m *memory) pause() {
	if rand.IntN(4) == 0 {
		time.Sleep(time.Duration(rand.IntN(100)) * time.Microsecond)
	}
}

func (m *memory) List(_ int, space Space, _ int) (names []string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, state := range m.objects {
		if key.space == space && (state.head != nil || state.whiteout()) {
			names = append(names, key.name)
		}
	}
	return names, nil
}

func (m *memory) Snap(_ int, space Space) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.snaps++
	if space.Pool == Named {
		for i := range 6 {
			key := memoryKey{space, fmt.Sprint("data-", i)}
			m.objects[key], _ = m.objects[key].Apply(Op{Kind: Snapshot, Snap: m.snaps})
		}
	}
	return m.snaps, nil
}

func (m *memory) Forget(space Space, objects []string, _ []uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.objects {
		if key.space == space && slices.Contains(objects, key.name) {
			delete(m.objects, key)
		}
	}
	return nil
}

func (m *memory) Owner(worker int) string { return fmt.Sprintf("<1.%d>", worker) }
