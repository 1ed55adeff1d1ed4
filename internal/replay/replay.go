// Package replay records the settings of an object, so that they can be applied
// to a copy of it.
package replay

import (
	"slices"
	"sync"
)

// Settings are the settings of a T. The zero Settings are empty. They must not be copied.
type Settings[T any] struct {
	mu   sync.Mutex
	list []setting[T]
	room [5]setting[T] // the first array of list, so that few settings need no memory of their own
}

type setting[T any] struct {
	name string
	set  func(*T) error
}

// Record records a setting and replaces the earlier one of that name.
func (s *Settings[T]) Record(name string, set func(*T) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list == nil {
		s.list = s.room[:0]
	}
	s.list = slices.DeleteFunc(s.list, func(old setting[T]) bool { return old.name == name })
	s.list = append(s.list, setting[T]{name, set})
}

// Apply applies the settings to to, in the order in which they were recorded.
func (s *Settings[T]) Apply(to *T) error { return s.ApplyExcept("", to) }

// ApplyExcept is Apply without the setting of that name.
func (s *Settings[T]) ApplyExcept(name string, to *T) error {
	var room [len(s.room)]setting[T]
	s.mu.Lock()
	list := append(room[:0], s.list...)
	s.mu.Unlock()
	for _, one := range list {
		if one.name == name {
			continue
		}
		if err := one.set(to); err != nil {
			return err
		}
	}
	return nil
}
