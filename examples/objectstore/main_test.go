package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/examples/internal/demotest"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMain(m *testing.M) { demotest.Main(m, main) }

// fixture is a pool, and the program's arguments to use it with small parts.
type fixture struct {
	ioctx *rados.IOContext
	args  []string
}

const partSize = 1000

func newFixture(t *testing.T) *fixture {
	ioctx, pool := demotest.Pool(t, radostest.Shared(t))
	ioctx.SetNamespace("objectstore")
	return &fixture{ioctx: ioctx, args: []string{"-pool", pool, "-part", fmt.Sprint(partSize)}}
}

// run runs the program and returns what it printed.
func (f *fixture) run(ctx context.Context, in io.Reader, args ...string) (string, error) {
	var out bytes.Buffer
	err := run(ctx, append(append([]string{}, f.args...), args...), in, &out, io.Discard)
	return out.String(), err
}

func (f *fixture) must(t *testing.T, in string, args ...string) string {
	t.Helper()
	out, err := f.run(t.Context(), strings.NewReader(in), args...)
	require.NoError(t, err, args)
	return out
}

// parts counts the parts there are, of use or not.
func (f *fixture) parts(t *testing.T) (n int) {
	t.Helper()
	for object, err := range f.ioctx.Objects() {
		require.NoError(t, err)
		if strings.HasPrefix(object.Name, "data/") {
			n++
		}
	}
	return n
}

// pendings counts the IDs that the index calls pending.
func (f *fixture) pendings(t *testing.T) (n int) {
	t.Helper()
	for _, err := range f.ioctx.Omap(index, "", pendingKey) {
		require.NoError(t, err)
		n++
	}
	return n
}

func noise(n int) string {
	data := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(data)
	return string(data)
}

func TestStore(t *testing.T) {
	f := newFixture(t)
	require.Empty(t, f.must(t, "", "list"))
	parts := 0
	for size, want := range map[int]int{0: 1, 1: 1, partSize - 1: 1, partSize: 1, partSize + 1: 2, 3 * partSize: 3} {
		name := fmt.Sprint("of ", size)
		require.Equal(t, fmt.Sprintf("%s: %d bytes\n", name, size), f.must(t, noise(size), "put", name))
		require.Equal(t, noise(size), f.must(t, "", "get", name))
		parts += want
		require.Equal(t, parts, f.parts(t))
	}

	f.must(t, "hello", "put", "-type", "text/plain", "-meta", "a=b=c", "-meta", "d=", "of 3000")
	require.Equal(t, "hello", f.must(t, "", "get", "of 3000"), "it was replaced")
	require.Equal(t, parts-2, f.parts(t))
	require.Regexp(t, `^of 3000  5  \S+  text/plain  map\[a:b=c d:\]\n$`, f.must(t, "", "list", "of 3"))
	require.Equal(t, 6, strings.Count(f.must(t, "", "list"), "\n"))

	f.must(t, "", "remove", "of 3000")
	_, err := f.run(t.Context(), nil, "get", "of 3000")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = f.run(t.Context(), nil, "remove", "of 3000")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Equal(t, parts-3, f.parts(t))
	require.Zero(t, f.pendings(t))
}

// start starts the program in another process, which puts the data that is written to in.
func (f *fixture) start(t *testing.T, args ...string) (process *exec.Cmd, in io.WriteCloser) {
	t.Helper()
	process = demotest.Command(t.Context(), append(append([]string{}, f.args...), args...)...)
	process.Stderr = os.Stderr
	in, err := process.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	return process, in
}

// await waits for n parts: a put does not report its progress.
func (f *fixture) await(t *testing.T, n int) {
	t.Helper()
	for f.parts(t) < n {
		require.NoError(t, t.Context().Err())
	}
}

func TestKilledWhilePutting(t *testing.T) {
	f := newFixture(t)
	f.must(t, "old", "put", "thing")
	put, in := f.start(t, "put", "thing")
	_, err := io.WriteString(in, noise(8*4096)) // more than it reads at a time
	require.NoError(t, err)
	f.await(t, 4)
	require.NoError(t, put.Process.Kill())
	require.Error(t, put.Wait())

	require.Equal(t, "old", f.must(t, "", "get", "thing"))
	require.Equal(t, 1, strings.Count(f.must(t, "", "list"), "\n"))
	require.Equal(t, "removed what 0 commands left behind\n", f.must(t, "", "repair"), "it is too young to be dead")
	require.Equal(t, "removed what 1 commands left behind\n", f.must(t, "", "repair", "-age", "0"))
	require.Equal(t, "old", f.must(t, "", "get", "thing"))
	require.Equal(t, 1, f.parts(t))
	require.Zero(t, f.pendings(t))
}

func TestInterrupted(t *testing.T) {
	f := newFixture(t)
	put, in := f.start(t, "put", "thing")
	_, err := io.WriteString(in, noise(8*4096))
	require.NoError(t, err)
	f.await(t, 2)
	require.NoError(t, put.Process.Signal(os.Interrupt))
	go func() { // it reads until it has noticed
		for err := error(nil); err == nil; {
			_, err = io.WriteString(in, noise(4096))
		}
	}()
	require.Error(t, put.Wait())
	require.Zero(t, f.parts(t), "it cleans up")
	require.Zero(t, f.pendings(t))
	_, err = f.run(t.Context(), nil, "get", "thing")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestRepairUnderPut takes a slow put for dead: it must fail, rather than have the name
// stand for parts that were removed.
func TestRepairUnderPut(t *testing.T) {
	f := newFixture(t)
	source, in := io.Pipe()
	put := make(chan error)
	go func() {
		_, err := f.run(t.Context(), source, "put", "thing")
		put <- err
	}()
	_, err := io.WriteString(in, noise(4096))
	require.NoError(t, err)
	f.await(t, 1)
	f.must(t, "", "repair", "-age", "0")
	require.NoError(t, in.Close())
	require.ErrorContains(t, <-put, "repair took this put for dead")
	_, err = f.run(t.Context(), nil, "get", "thing")
	require.ErrorIs(t, err, fs.ErrNotExist)
	f.must(t, "", "repair", "-age", "0")
}

func TestPutsOfOneName(t *testing.T) {
	f := newFixture(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := f.run(t.Context(), strings.NewReader(noise(i*500)), "put", "thing"); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	got := f.must(t, "", "get", "thing")
	require.Equal(t, noise(len(got)), got)
	require.Equal(t, max(1, (len(got)+partSize-1)/partSize), f.parts(t), "the others' parts are gone")
	require.Zero(t, f.pendings(t))
}

func TestUsefulErrors(t *testing.T) {
	f := newFixture(t)
	for want, args := range map[string][]string{
		"there is no command":  {"fetch"},
		"it takes one name":    {"get"},
		"not of the form":      {"put", "-meta", "x", "name"},
		"ceph osd pool create": {"-pool", "none", "list"},
		"at least one byte":    {"-part", "0", "list"},
		"file does not exist":  {"get", "nothing"},
	} {
		_, err := f.run(t.Context(), nil, args...)
		require.ErrorContains(t, err, want)
	}
}

func TestDemo(t *testing.T) {
	f := newFixture(t)
	require.Contains(t, f.must(t, "", "-part", "33554432", "demo"), "what came back is what was stored")
}
