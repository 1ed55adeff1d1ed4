// Package replay records the settings of an object, so that they can be applied
// to a copy of it.
package replay

import (
	"slices"
	"sync"
)

// Settings are the settings of a T. The zero Settings are empty.
type Settings[T any] struct {
	mu   sync.Mutex
	list []setting[T]
}

type setting[T any] struct {
	name string
	set  func(*T) error
}

// Record records a setting and replaces the earlier one of that name.
func (s *Settings[T]) Record(name string, set func(*T) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(old setting[T]) bool { return old.name == name })
	s.list = append(s.list, setting[T]{name, set})
}

// Apply applies the settings to to, in the order in which they were recorded.
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
