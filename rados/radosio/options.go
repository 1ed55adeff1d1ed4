package radosio

import (
	"fmt"
	"io/fs"
)

const (
	// defaultChunk is far below osd_max_write_size (90 MiB), as large as RBD's and
	// CephFS's objects, and past the point from where larger ones are any faster.
	defaultChunk = 4 << 20
	// defaultAhead keeps the cluster busy with one chunk while another is on its way.
	defaultAhead = 2 * defaultChunk
)

// Option changes how Open and Create go about an object.
type Option func(*options)

type options struct {
	chunk   int
	window  int
	checked bool
}

// ChunkSize sets how many bytes are read or written in one operation at most, instead
// of 4 MiB. It must not be above osd_max_write_size (90 MiB unless configured), or
// writes fail with EMSGSIZE.
func ChunkSize(bytes int) Option {
	return func(o *options) { o.chunk = bytes }
}

// ReadAhead sets how many bytes are fetched ahead of Read and WriteTo at most, instead
// of 8 MiB. An Object that is read in sequence takes as much memory. 0 fetches nothing
// that was not asked for.
func ReadAhead(bytes int) Option {
	return func(o *options) { o.window = bytes }
}

// CheckVersion makes everything fail with ErrChanged once anybody else has changed the
// object since it was opened: its data, extended attributes, omap or locks. What is
// read is then one state of the object, though it comes in many reads; and a write
// never undoes what the program has not seen. Changes that are made through this Object
// are no reason to fail.
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
