package rados_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
	"github.com/go-rados/go-rados/rados/radostest"
)

// TestSecureConnections transfers data of every size by every call on encrypted
// connections, where replies arrive in pieces, and some functions of librados
// fail.
func TestSecureConnections(t *testing.T) { testWire(t, radostest.WireSecure) }

// TestCompressedConnections does the same with compression, if the daemons have
// it.
func TestCompressedConnections(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of two OSDs")
	}
	testWire(t, radostest.WireCompressed, radostest.OSDs(2))
}

func testWire(t *testing.T, mode radostest.WireMode, options ...radostest.Option) {
	t.Parallel()
	cluster := radostest.Start(t, append(options, radostest.Wire(mode),
		radostest.Config("client", "rados_osd_op_timeout", "30"))...)
	ioctx, conn := cluster.Pool(t), cluster.Conn(t)
	var small []int
	for n := range 101 {
		small = append(small, n)
	}
	medium := []int{4095, 4096, 4097, 65535, 65536, 65537}
	large := []int{1<<20 + 1}
	if !testing.Short() {
		large = append(large, 1<<20-1, 1<<20, 4<<20+3)
	}
	run := func(name string, move func(t *testing.T, ioctx *rados.IOContext, data []byte), sizes ...[]int) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ioctx := open(t, cluster.Conn(t), poolName(t, ioctx))
			ioctx.SetNamespace(name)
			for _, n := range slices.Concat(sizes...) {
				if move(t, ioctx, random(n)); t.Failed() {
					t.Fatalf("%d bytes", n)
				}
			}
		})
	}
	t.Run("of data", func(t *testing.T) {
		run("read", wireReads, small, medium, large)
		run("write", wireWrites, small, medium, large)
		run("radosio", wireRadosIO, small, medium, large)
		run("xattr", wireXattrs, small, medium)
		run("omap", wireOmap, small, medium)
		run("exec", wireExec, small, medium)
		run("checksum", wireChecksum, small[1:], medium[:3])
		run("notify", wireNotify, small[:40], medium)
		run("listing", wireListing, small[1:])
		run("command", func(t *testing.T, _ *rados.IOContext, data []byte) { wireCommands(t, conn, data) }, small[1:], medium[:3])
		run("cancelled", wireCancelled, []int{100, 65537, 1<<20 + 1})
	})
}

func poolName(t *testing.T, ioctx *rados.IOContext) string {
	name, err := ioctx.GetPoolName()
	require.NoError(t, err)
	return name
}

// random returns n bytes that cannot be compressed, always the same.
func random(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n)}).Read(data)
	return data
}

// wireReads reads an object in all ways, whole and in part.
func wireReads(t *testing.T, ioctx *rados.IOContext, data []byte) {
	const oid, canary = "object", 0xee
	require.NoError(t, ioctx.WriteFull(oid, data))
	stat, err := ioctx.Stat2(oid)
	require.NoError(t, err)
	require.Equal(t, uint64(len(data)), stat.Size)
	version, err := ioctx.GetLastVersion()
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pipelined := func(task *rados.Task) error {
		for task := range rados.Pipeline(ctx, 2, slices.Values([]*rados.Task{task})) {
			if task.Err == nil && len(data) > 0 {
				assert.Equal(t, version, task.Version)
			}
		}
		return task.Err
	}
	ways := map[string]func(p []byte, off uint64) (int, error){
		"Read":        func(p []byte, off uint64) (int, error) { return ioctx.Read(oid, p, off) },
		"ReadContext": func(p []byte, off uint64) (int, error) { return ioctx.ReadContext(ctx, oid, p, off) },
		"ReadTask": func(p []byte, off uint64) (int, error) {
			task := ioctx.Tasks().Read(oid, p, off)
			err := pipelined(task)
			return task.N, err
		},
		"ReadOp": func(p []byte, off uint64) (int, error) {
			op := rados.CreateReadOp()
			step := op.Read(off, p)
			err := op.Operate(ioctx, oid, 0)
			return int(step.BytesRead), err
		},
		"ReadOp.OperateContext": func(p []byte, off uint64) (int, error) {
			op := rados.CreateReadOp()
			op.AssertExists()
			step := op.Read(off, p)
			err := op.OperateContext(ctx, ioctx, oid, 0)
			return int(step.BytesRead), err
		},
		"ReadOp.Task": func(p []byte, off uint64) (int, error) {
			op := rados.CreateReadOp()
			first, second := op.Read(off, p[:len(p)/2]), op.Read(off+uint64(len(p)/2), p[len(p)/2:])
			err := pipelined(op.Task(ioctx, oid, 0))
			return int(first.BytesRead + second.BytesRead), err
		},
	}
	for name, read := range ways {
		for _, part := range []struct{ off, n int }{
			{0, len(data)}, {0, len(data) + 7}, {0, len(data) / 2}, {len(data) / 3, len(data)}, {len(data), 9}, {0, 0},
		} {
			want := data[part.off:min(len(data), part.off+part.n)]
			p := filled(canary, part.n)
			n, err := read(p, uint64(part.off))
			require.NoError(t, err, "%s %+v", name, part)
			require.Equal(t, len(want), n, "%s %+v", name, part)
			require.True(t, bytes.Equal(want, p[:n]), "%s %+v", name, part)
			require.Equal(t, filled(canary, part.n-n), p[n:], "%s %+v: behind the end", name, part)
		}
		if name != "ReadTask" && name != "ReadOp.Task" { // a Task has a version of its own
			got, err := ioctx.GetLastVersion()
			require.NoError(t, err)
			require.Equal(t, version, got, name)
		}
	}

	var all await.Group // more than may wait on their threads
	for range 16 {
		all.Go(func() {
			p := make([]byte, len(data))
			n, err := ioctx.Read(oid, p, 0)
			assert.NoError(t, err)
			assert.True(t, bytes.Equal(data, p[:n]))
		})
	}
	all.Wait()
}

// wireWrites writes an object in all ways.
func wireWrites(t *testing.T, ioctx *rados.IOContext, data []byte) {
	check := func(err error, want []byte) {
		t.Helper()
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, content(t, ioctx, "object")))
		require.NoError(t, ioctx.CmpExt("object", want, 0))
		r := rados.CreateReadOp()
		r.CmpExt(want, 0)
		require.NoError(t, r.Operate(ioctx, "object", 0))
	}
	check(ioctx.WriteFull("object", data), data)
	check(ioctx.WriteFullContext(t.Context(), "object", data), data)
	check(ioctx.Append("object", data), slices.Concat(data, data))
	check(ioctx.Truncate("object", uint64(len(data))), data)
	half := len(data) / 2
	check(ioctx.Write("object", data[:half], uint64(half)), slices.Concat(data[:half], data[:half], data[half*2:]))
	if len(data) > 0 {
		require.NoError(t, ioctx.Truncate("object", 0))
		check(ioctx.WriteSame("object", data, uint64(2*len(data)), 0), slices.Concat(data, data))
	}
	w := rados.CreateWriteOp()
	w.WriteFull(data)
	w.Append(data)
	w.SetXattr("name", data[:min(half, 60000)])
	check(w.Operate(ioctx, "object", 0), slices.Concat(data, data))
	for task := range rados.Pipeline(t.Context(), 4, slices.Values([]*rados.Task{
		ioctx.Tasks().WriteFull("object", data), ioctx.Tasks().Append("object", data), ioctx.Tasks().Write("object", data, 0),
	})) {
		require.NoError(t, task.Err)
	}
	check(nil, slices.Concat(data, data))
}

func wireRadosIO(t *testing.T, ioctx *rados.IOContext, data []byte) {
	options := [][]radosio.Option{nil, {radosio.CheckVersion()}, {radosio.ChunkSize(1 + len(data)/3)}, {radosio.ReadAhead(0)}}
	o, err := radosio.Create(ioctx, "object", options[len(data)%len(options)]...)
	require.NoError(t, err)
	_, err = o.ReadFrom(bytes.NewReader(data))
	require.NoError(t, err)
	_, err = o.Seek(0, io.SeekStart)
	require.NoError(t, err)
	got, err := io.ReadAll(struct{ io.Reader }{o})
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, got))
	_, err = o.Seek(0, io.SeekStart)
	require.NoError(t, err)
	var copied bytes.Buffer
	_, err = o.WriteTo(&copied)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, copied.Bytes()))
	part := make([]byte, len(data)/2)
	_, err = o.ReadAt(part, int64(len(data)/3))
	require.NoError(t, err)
	require.True(t, bytes.Equal(data[len(data)/3:][:len(part)], part))
	require.NoError(t, o.Close())
}

func wireXattrs(t *testing.T, ioctx *rados.IOContext, data []byte) {
	require.NoError(t, ioctx.SetXattr("object", "name", data))
	for _, room := range []int{len(data), len(data) + 7} {
		p := filled(0xee, room)
		n, err := ioctx.GetXattr("object", "name", p)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, p[:n]))
		require.Equal(t, filled(0xee, room-n), p[n:])
		n, err = ioctx.GetXattrContext(t.Context(), "object", "name", p)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, p[:n]))
	}
	all, err := ioctx.ListXattrs("object")
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, all["name"]))
}

func wireOmap(t *testing.T, ioctx *rados.IOContext, data []byte) {
	pairs := map[string][]byte{"a": data, "b": nil, "c": data}
	require.NoError(t, ioctx.SetOmap("object", pairs))
	got, err := ioctx.GetOmapValues("object", "", "", 10)
	require.NoError(t, err)
	require.Len(t, got, 3)
	views := 0
	for view, err := range ioctx.OmapViews("object", "", "") {
		require.NoError(t, err)
		require.True(t, bytes.Equal(pairs[string(view.Key)], view.Value))
		views++
	}
	require.Equal(t, 3, views)
	op := rados.CreateReadOp()
	step := op.GetOmapValuesByKeys([]string{"c"})
	keys := op.GetOmapKeys("", 10)
	require.NoError(t, op.Operate(ioctx, "object", 0))
	pair, err := step.Next()
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, pair.Value))
	names, err := keys.Keys()
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, names)
}

// wireExec calls methods of a class that store values and return them.
func wireExec(t *testing.T, ioctx *rados.IOContext, data []byte) {
	sized := func(b []byte) []byte { return append(binary.LittleEndian.AppendUint32(nil, uint32(len(b))), b...) }
	set := slices.Concat([]byte{1, 0, 0, 0}, sized([]byte("key")), sized(data))
	_, err := ioctx.Exec("object", "rbd", "metadata_set", set, nil)
	require.NoError(t, err)
	get, want := sized([]byte("key")), sized(data)
	for _, room := range []int{len(want), len(want) + 7} {
		p := filled(0xee, room)
		n, err := ioctx.Exec("object", "rbd", "metadata_get", get, p)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, p[:n]))
		require.Equal(t, filled(0xee, room-n), p[n:])
		n, err = ioctx.ExecContext(t.Context(), "object", "rbd", "metadata_get", get, p)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, p[:n]))
	}
	op := rados.CreateReadOp()
	step, into := op.Exec("rbd", "metadata_get", get), op.ExecInto("rbd", "metadata_get", get, make([]byte, len(want)))
	require.NoError(t, op.Operate(ioctx, "object", 0))
	for _, s := range []*rados.ReadOpExecStep{step, into} {
		out, err := s.Bytes()
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, out))
	}
}

// wireChecksum asks for as many checksums as there are bytes.
func wireChecksum(t *testing.T, ioctx *rados.IOContext, data []byte) {
	require.NoError(t, ioctx.WriteFull("object", data))
	op := rados.CreateReadOp()
	step := op.Checksum(rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{Length: uint64(len(data)), ChunkSize: 1})
	require.NoError(t, op.Operate(ioctx, "object", 0))
	got, err := step.Sums()
	require.NoError(t, err)
	require.Len(t, got, len(data))
	for i, b := range data {
		require.Equal(t, castagnoli(0, []byte{b}), got[i])
	}
}

// wireNotify sends data to a watcher and back.
func wireNotify(t *testing.T, ioctx *rados.IOContext, data []byte) {
	require.NoError(t, ioctx.Create("object", rados.CreateIdempotent))
	w, err := ioctx.Watch("object")
	require.NoError(t, err)
	defer func() { assert.NoError(t, w.Delete()) }()
	received := make(chan []byte, 1)
	go func() {
		event := <-w.Events()
		received <- event.Data
		assert.NoError(t, event.Ack(event.Data))
	}()
	acks, timeouts, err := ioctx.Notify("object", data)
	require.NoError(t, err)
	require.Empty(t, timeouts)
	require.True(t, bytes.Equal(data, <-received))
	require.Len(t, acks, 1)
	require.True(t, bytes.Equal(data, acks[0].Response))
}

// wireListing lists objects in growing number with growing names.
func wireListing(t *testing.T, ioctx *rados.IOContext, data []byte) {
	name := fmt.Sprintf("%0*d", len(data), 7)
	require.NoError(t, ioctx.WriteFull(name, nil))
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	var names []string
	for iter.Next() {
		names = append(names, iter.Value())
	}
	require.NoError(t, iter.Err())
	require.Len(t, names, len(data))
	require.Contains(t, names, name)

	_, err = ioctx.LockShared(name, "lock", name, name, "", 0, nil)
	require.NoError(t, err)
	lockers, err := ioctx.ListLockers(name, "lock")
	require.NoError(t, err)
	require.Equal(t, []string{name}, lockers.Cookies)
	require.Equal(t, name, lockers.Tag)
}

// wireCommands stores data in the monitors and reads it.
func wireCommands(t *testing.T, conn *rados.Conn, data []byte) {
	_, status, err := conn.MonCommandWithInputBuffer(command(t, "config-key set", "key", "wire"), data)
	require.NoError(t, err, status)
	got, status, err := conn.MonCommand(command(t, "config-key get", "key", "wire"))
	require.NoError(t, err, status)
	require.True(t, bytes.Equal(data, got))
	out, status, err := conn.OsdCommand(0, [][]byte{command(t, "version")})
	require.NoError(t, err, status)
	require.NotEmpty(t, out)
}

// wireCancelled cancels reads: their buffers do not change after they have
// returned.
func wireCancelled(t *testing.T, ioctx *rados.IOContext, data []byte) {
	require.NoError(t, ioctx.WriteFull("object", data))
	want := filled(0xee, len(data))
	var buffers [][]byte
	cancelled := 0
	for i := range 100 {
		ctx, cancel := context.WithCancel(t.Context())
		p := make([]byte, len(data))
		if i%2 == 0 {
			done := make(chan error)
			go func() {
				_, err := ioctx.ReadContext(ctx, "object", p, 0)
				done <- err
			}()
			cancel()
			if <-done != nil {
				cancelled++
			}
		} else {
			op := rados.CreateReadOp()
			op.Read(0, p)
			done := make(chan error)
			go func() { done <- op.OperateContext(ctx, ioctx, "object", 0) }()
			cancel()
			if <-done != nil {
				cancelled++
			}
		}
		copy(p, want)
		buffers = append(buffers, p)
		n, err := ioctx.Read("object", make([]byte, len(data)), 0) // whose answer comes after that of the other
		require.NoError(t, err)
		require.Equal(t, len(data), n)
	}
	for _, p := range buffers {
		require.True(t, bytes.Equal(want, p))
	}
	assert.NotZero(t, cancelled)
}
