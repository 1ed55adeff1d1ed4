//go:build cgo

package striper

import "io"

var _ io.Closer = (*Striper)(nil)

// Close is [Striper.Destroy] that implements [io.Closer]. It returns nil.
func (s *Striper) Close() error {
	s.Destroy()
	return nil
}
