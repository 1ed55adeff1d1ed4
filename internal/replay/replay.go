// Package settings remembers what was set on an object, so that a copy of it can
// be given the same.
package replay

import (
	"slices"
	"sync"
)

// Settings are what was set on a T. The zero Settings are none.
type Settings[T any] struct {
	mu   sync.Mutex
	list []setting[T]
}

type setting[T any] struct {
	name string
	set  func(*T) error
}

// Note remembers how a setting is set, instead of how it was set before.
func (s *Settings[T]) Note(name string, set func(*T) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(old setting[T]) bool { return old.name == name })
	s.list = append(s.list, setting[T]{name, set})
}

// Apply sets the same on to.
func (s *Settings[T]) Apply(to *T) error {
	s.mu.Lock()
	list := slices.Clone(s.list)
	s.mu.Unlock()
	for _, one := range list {
		if err := one.set(to); err != nil {
			return err
		}
	}
	return nil
}
