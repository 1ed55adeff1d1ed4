//go:build cgo

package striper

import (
	"cmp"
	"math"
	"sync"
	"syscall"

	"github.com/go-rados/go-rados/internal/shared"
)

// layout is the layout of new objects, which libradosstriper does not return.
type layout struct {
	mu         sync.Mutex
	unit, size uint // of the stripe unit and of the objects; 0 for the default
}

const (
	defaultSize = 4 << 20  // of both
	granularity = 64 << 10 // both are multiples of it
)

// setUnit is called before the stripe unit is set in libradosstriper.
func (s *Striper) setUnit(unit uint) error { return s.setLayout(unit, 0) }

// setSize is called before the object size is set in libradosstriper.
func (s *Striper) setSize(size uint) error { return s.setLayout(0, size) }

// setLayout denies calls while the stripe unit is larger than the object size: libradosstriper would end
// the process when it writes to a new object. 0 stands for no change. Values that libradosstriper refuses
// are ignored.
func (s *Striper) setLayout(unit, size uint) error {
	if s == nil || s.handle == nil {
		return ErrInvalidStriper
	}
	l := &s.state
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unit, l.size = cmp.Or(l.unit, defaultSize), cmp.Or(l.size, defaultSize)
	if unit%granularity == 0 && unit <= math.MaxUint32 {
		l.unit = cmp.Or(unit, l.unit)
	}
	if size%granularity == 0 && size%l.unit == 0 && size <= math.MaxUint32 {
		l.size = cmp.Or(size, l.size)
	}
	var err error
	if l.unit > l.size {
		err = ErrInvalidLayout
	}
	s.handle.SetSetterError("layout", err)
	return nil
}

// checkEnd denies a Write after which the object would be too long.
func (s *Striper) checkEnd(data []byte, offset uint64) error {
	if offset > math.MaxInt64-uint64(len(data)) {
		return shared.AsError(-int(syscall.EFBIG))
	}
	return nil
}

// checkSize denies a size that libradosstriper stores but does not read again: the object would be lost.
func (s *Striper) checkSize(size uint64) error { return s.checkEnd(nil, size) }
