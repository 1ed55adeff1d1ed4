// Package output compares generated files with those on disk, and writes them.
package output

// File is one generated file.
type File struct {
	Path string // relative to the module's root
	Data []byte
}
