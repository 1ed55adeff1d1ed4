package radosio

import (
	"fmt"
	"io/fs"
)

const (
	// defaultChunk is far below osd_max_write_size (90 MiB) and the size of objects of
	// RBD and CephFS. Larger chunks are not faster.
	defaultChunk = 4 << 20
	// defaultAhead keeps two chunks in flight.
	defaultAhead = 2 * defaultChunk
)

// Option is an option of Open and Create.
type Option func(*options)

type options struct {
	chunk   int
	window  int
	checked bool
}

// ChunkSize sets the maximum number of bytes that an operation reads or writes. The default
// is 4 MiB. Beyond osd_max_write_size (90 MiB unless configured), writes return EMSGSIZE.
func ChunkSize(bytes int) Option {
	return func(o *options) { o.chunk = bytes }
}

// ReadAhead sets the maximum number of bytes that Read and WriteTo read ahead. The default
// is 8 MiB. An Object that is read sequentially uses that much memory. 0 disables reading
// ahead.
func ReadAhead(bytes int) Option {
	return func(o *options) { o.window = bytes }
}

// CheckVersion makes all methods return ErrChanged after another client has changed the
// object since it was opened: its data, extended attributes, omap or locks. All reads then
// return data of one state of the object, and a write never overwrites a change that the
// program has not seen. Changes through this Object do not count.
func CheckVersion() Option {
	return func(o *options) { o.checked = true }
}

func collect(opts []Option) (options, error) {
	o := options{chunk: defaultChunk, window: defaultAhead}
	for _, opt := range opts {
		opt(&o)
	}
	switch {
	case o.chunk <= 0:
		return o, fmt.Errorf("chunk size of %d bytes: %w", o.chunk, fs.ErrInvalid)
	case o.window < 0:
		return o, fmt.Errorf("read-ahead of %d bytes: %w", o.window, fs.ErrInvalid)
	}
	return o, nil
}
