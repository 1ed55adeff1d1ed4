package radosio_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados/radosio"
)

// worker computes a checksum of the data, like a program that processes what it reads.
type worker struct{ sum uint64 }

func (w *worker) Write(p []byte) (int, error) {
	for _, b := range p {
		w.sum = w.sum*31 + uint64(b)
	}
	return len(p), nil
}

const benchSize = 64 << 20

func BenchmarkSequentialRead(b *testing.B) {
	ioctx := space(b)
	obj, err := radosio.Create(ioctx, oid)
	require.NoError(b, err)
	defer obj.Close()
	_, err = obj.Write(noise(benchSize))
	require.NoError(b, err)
	for _, consumer := range []struct {
		name string
		w    io.Writer
	}{{"discard", io.Discard}, {"work", &worker{}}} {
		for _, window := range []int{0, 4 << 20, 8 << 20, 16 << 20} {
			for _, buffer := range []int{32 << 10, 1 << 20} {
				b.Run(fmt.Sprintf("%s/Read=%dKiB/ahead=%dMiB", consumer.name, buffer>>10, window>>20), func(b *testing.B) {
					benchmarkRead(b, func(dst io.Writer) error {
						obj, err := radosio.Open(ioctx, oid, radosio.ReadAhead(window))
						if err != nil {
							return err
						}
						defer obj.Close()
						_, err = io.CopyBuffer(struct{ io.Writer }{dst}, struct{ io.Reader }{obj}, make([]byte, buffer))
						return err
					}, consumer.w)
				})
			}
			b.Run(fmt.Sprintf("%s/WriteTo/ahead=%dMiB", consumer.name, window>>20), func(b *testing.B) {
				benchmarkRead(b, func(dst io.Writer) error {
					obj, err := radosio.Open(ioctx, oid, radosio.ReadAhead(window))
					if err != nil {
						return err
					}
					defer obj.Close()
					_, err = obj.WriteTo(dst)
					return err
				}, consumer.w)
			})
		}
	}
}

func benchmarkRead(b *testing.B, read func(io.Writer) error, w io.Writer) {
	b.SetBytes(benchSize)
	for b.Loop() {
		if err := read(w); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSmallObjects opens and reads objects that are much smaller than a chunk.
func BenchmarkSmallObjects(b *testing.B) {
	ioctx := stored(b, noise(1000))
	b.Run("radosio", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			obj, err := radosio.Open(ioctx, oid)
			require.NoError(b, err)
			_, err = io.ReadAll(obj)
			require.NoError(b, err)
			obj.Close()
		}
	})
	b.Run("Stat and Read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			content(b, ioctx)
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	data := noise(16 << 20)
	ioctx := space(b)
	for _, chunk := range []int{32 << 10, 1 << 20, 4 << 20, 16 << 20} {
		b.Run(fmt.Sprintf("chunk=%dKiB", chunk>>10), func(b *testing.B) {
			obj, err := radosio.Create(ioctx, oid, radosio.ChunkSize(chunk))
			require.NoError(b, err)
			defer obj.Close()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				_, err := obj.WriteAt(data, 0)
				require.NoError(b, err)
			}
		})
	}
}
