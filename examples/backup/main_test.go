package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/examples/internal/demotest"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMain(m *testing.M) {
	demotest.Main(m, main, radostest.OSDs(3)) // which learn of a snapshot one after the other
}

// fixture is a pool with a namespace to save, and one to restore to.
type fixture struct {
	pool     string
	from, to *rados.IOContext
}

func newFixture(t *testing.T) *fixture {
	from, pool := demotest.Pool(t, radostest.Shared(t))
	from.SetNamespace("from")
	to, err := from.WithNamespace("to")
	require.NoError(t, err)
	t.Cleanup(to.Destroy)
	return &fixture{pool, from, to}
}

func (f *fixture) args(args ...string) []string { return append([]string{"-pool", f.pool}, args...) }

func (f *fixture) save(t *testing.T) []byte {
	t.Helper()
	var stream bytes.Buffer
	require.NoError(t, run(t.Context(), f.args("-namespace", "from", "save"), nil, &stream, io.Discard))
	require.Zero(t, f.snaps(t))
	return stream.Bytes()
}

// snaps counts the pool's snapshots, with a connection that knows the latest.
func (f *fixture) snaps(t *testing.T) int {
	t.Helper()
	conn := radostest.Conn(t)
	require.NoError(t, conn.WaitForLatestOSDMap())
	ioctx, err := conn.OpenIOContext(f.pool)
	require.NoError(t, err)
	defer ioctx.Destroy()
	snaps, err := ioctx.ListSnaps()
	require.NoError(t, err)
	return len(snaps)
}

func (f *fixture) restore(t *testing.T, stream []byte, options ...string) error {
	t.Helper()
	args := append(options, "-namespace", "to", "restore")
	return run(t.Context(), f.args(args...), bytes.NewReader(stream), io.Discard, io.Discard)
}

// state is all that an object has.
type state struct {
	data   string
	xattrs map[string]string
	omap   map[string]string
}

// states reads all objects of a namespace, by name and locator.
func states(t *testing.T, ioctx *rados.IOContext) map[string]state {
	t.Helper()
	own, err := ioctx.Clone()
	require.NoError(t, err)
	defer own.Destroy()
	all := map[string]state{}
	for o, err := range ioctx.Objects() {
		require.NoError(t, err)
		own.SetLocator(o.Locator)
		s := state{xattrs: map[string]string{}, omap: map[string]string{}}
		stat, err := own.Stat(o.Name)
		require.NoError(t, err)
		data := make([]byte, stat.Size)
		_, err = own.Read(o.Name, data, 0)
		require.NoError(t, err)
		s.data = string(data)
		for x, err := range own.Xattrs(o.Name) {
			require.NoError(t, err)
			s.xattrs[x.Name] = string(x.Value)
		}
		for kv, err := range own.Omap(o.Name, "", "") {
			require.NoError(t, err)
			s.omap[kv.Key] = string(kv.Value)
		}
		all[o.Name+"@"+o.Locator] = s
	}
	return all
}

func noise(n int) []byte {
	data := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(data)
	return data
}

// fill makes objects of all kinds that a backup could get wrong.
func fill(t *testing.T, ioctx *rados.IOContext) {
	t.Helper()
	binary := "\xff\xfe\n\"\\ü"
	require.NoError(t, ioctx.Create("empty", rados.CreateExclusive))
	require.NoError(t, ioctx.WriteFull("large", noise(9<<20+1)))
	require.NoError(t, ioctx.WriteFull("../../etc/passwd", []byte("root")))
	require.NoError(t, ioctx.WriteFull(strings.Repeat("long", 200), []byte("long")))
	require.NoError(t, ioctx.WriteFull(binary, noise(1000)))
	require.NoError(t, ioctx.SetXattr(binary, binary, []byte("a\x00b")))
	require.NoError(t, ioctx.SetXattr(binary, "none", nil))
	require.NoError(t, ioctx.SetOmap(binary, map[string][]byte{"": []byte("no key"), "a\x00b": {0}, binary: nil}))
	pairs := map[string][]byte{}
	for i := range 2500 { // three pages
		pairs[fmt.Sprintf("%05d", i)] = fmt.Append(nil, i)
	}
	require.NoError(t, ioctx.SetOmap("index", pairs))
	located, err := ioctx.WithLocator("elsewhere")
	require.NoError(t, err)
	defer located.Destroy()
	require.NoError(t, located.WriteFull("empty", []byte("the same name at another place")))
}

func TestSaveAndRestore(t *testing.T) {
	f := newFixture(t)
	fill(t, f.from)
	want := states(t, f.from)
	stream := f.save(t)
	require.NoError(t, f.restore(t, stream))
	require.Equal(t, want, states(t, f.to))

	require.ErrorIs(t, f.restore(t, stream), fs.ErrExist, "nothing is replaced unless asked for")
	require.NoError(t, f.to.WriteFull("large", noise(20<<20)))
	require.NoError(t, f.to.SetOmap("index", map[string][]byte{"of no use": nil}))
	require.NoError(t, f.restore(t, stream, "-overwrite"))
	require.Equal(t, want, states(t, f.to))
}

func TestEmptyNamespace(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.restore(t, f.save(t)))
	require.Empty(t, states(t, f.to))
}

// TestTruncatedStream cuts a stream between and within its files.
func TestTruncatedStream(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.from.WriteFull("a", noise(1000)))
	require.NoError(t, f.from.SetOmap("a", map[string][]byte{"k": nil}))
	stream := f.save(t)
	// The last 1024 bytes are the end of the archive, which tar can do without.
	for n := 0; n < len(stream)-2048; n += 512 {
		require.Error(t, f.restore(t, stream[:n], "-overwrite"), n)
	}
	require.NoError(t, f.restore(t, stream, "-overwrite"))
}

// crowd is how many objects a writer changes in turns.
const crowd = 8

// write writes round after round, each object with the number of the round as data,
// attribute and omap entry; and removes one object and makes another in each round.
func write(ctx context.Context, ioctx *rados.IOContext, first chan<- struct{}) error {
	for round := uint64(1); ctx.Err() == nil; round++ {
		value := binary.BigEndian.AppendUint64(nil, round)
		for i := range crowd {
			op := rados.CreateWriteOp()
			op.WriteFull(bytes.Repeat(value, 1000))
			op.SetXattr("round", value)
			op.SetOmap(map[string][]byte{"round": value})
			if err := op.Operate(ioctx, fmt.Sprint("turn-", i), rados.OperationNoFlag); err != nil {
				return err
			}
		}
		err := errors.Join(
			ioctx.WriteFull(fmt.Sprint("passing-", round), value),
			ioctx.SetXattr(fmt.Sprint("passing-", round), "of", []byte("no interest")),
		)
		if err != nil {
			return err
		}
		if round > 3 {
			if err := ioctx.Delete(fmt.Sprint("passing-", round-3)); err != nil {
				return err
			}
		}
		if round == 5 {
			close(first)
		}
	}
	return nil
}

// TestWritersGoOn saves while objects are changed, created and removed: the saved
// state must be that of one moment.
func TestWritersGoOn(t *testing.T) {
	f := newFixture(t)
	fill(t, f.from) // so that saving takes a while
	writer := f.writer(t)
	first, written := make(chan struct{}), make(chan error)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { written <- write(ctx, writer, first) }()
	<-first
	for range 3 {
		require.NoError(t, f.restore(t, f.save(t), "-overwrite"))
		checkRounds(t, states(t, f.to))
		f.clear(t)
	}
	stop()
	require.NoError(t, <-written)
}

// writer is another client.
func (f *fixture) writer(t *testing.T) *rados.IOContext {
	t.Helper()
	ioctx, err := radostest.Conn(t).OpenIOContext(f.pool)
	require.NoError(t, err)
	t.Cleanup(ioctx.Destroy)
	ioctx.SetNamespace("from")
	return ioctx
}

func (f *fixture) clear(t *testing.T) {
	t.Helper()
	for o, err := range f.to.Objects() {
		require.NoError(t, err)
		f.to.SetLocator(o.Locator)
		if err := f.to.Delete(o.Name); err != nil {
			require.ErrorIs(t, err, fs.ErrNotExist)
		}
	}
	f.to.SetLocator("")
}

func checkRounds(t *testing.T, all map[string]state) {
	t.Helper()
	var rounds []uint64
	for i := range crowd {
		s, ok := all[fmt.Sprintf("turn-%d@", i)]
		require.True(t, ok)
		value := s.xattrs["round"]
		require.Equal(t, value, s.omap["round"])
		require.Equal(t, strings.Repeat(value, 1000), s.data)
		rounds = append(rounds, binary.BigEndian.Uint64([]byte(value)))
	}
	for i := 1; i < crowd; i++ {
		require.LessOrEqual(t, rounds[i], rounds[i-1], "later written, and yet newer: %d", rounds)
	}
	last := rounds[crowd-1]
	require.LessOrEqual(t, rounds[0], last+1, "older than one moment: %d", rounds)
	// Round N+1 begins with objects N, N-1 and N-2, and removes the last of them at its end.
	for back := uint64(1); back <= 2; back++ {
		_, ok := all[fmt.Sprintf("passing-%d@", last-back)]
		require.True(t, ok, "passing-%d was there all the time in round %d", last-back, last)
	}
}

// TestInterrupted interrupts the program while it saves into a full pipe: it must
// remove its snapshot.
func TestInterrupted(t *testing.T) {
	f := newFixture(t)
	fill(t, f.from)
	cmd := demotest.Command(t.Context(), f.args("-namespace", "from", "save")...)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = io.ReadFull(out, make([]byte, 1))
	require.NoError(t, err)
	require.Equal(t, 1, f.snaps(t))
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	_, err = io.Copy(io.Discard, out)
	require.NoError(t, err)
	require.Error(t, cmd.Wait())
	require.Zero(t, f.snaps(t))
}

func TestDemo(t *testing.T) {
	newFixture(t)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"demo"}, nil, &out, io.Discard))
	require.Contains(t, out.String(), "restored 5 objects")
}

func TestUsefulErrors(t *testing.T) {
	newFixture(t)
	for want, args := range map[string][]string{
		"ceph osd pool create": {"-pool", "none", "save"},
		"there is no command":  {"load"},
		"help requested":       {},
	} {
		require.ErrorContains(t, run(t.Context(), args, nil, io.Discard, io.Discard), want)
	}
}
