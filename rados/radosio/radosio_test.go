package radosio_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMain(m *testing.M) { radostest.Main(m) }

const oid = "object"

// noise returns n random bytes, the same in every run.
func noise(n int) []byte {
	data := make([]byte, n)
	rand.NewChaCha8([32]byte{'r', 'a', 'd', 'o', 's'}).Read(data)
	return data
}

var spaces atomic.Int64

// space returns a namespace for the test in a shared pool, since creating a pool takes a
// second.
func space(t testing.TB) *rados.IOContext {
	t.Helper()
	conn := radostest.Conn(t)
	if err := conn.MakePool("radosio"); err != nil {
		require.ErrorIs(t, err, rados.ErrObjectExists)
	}
	ioctx, err := conn.OpenIOContext("radosio")
	require.NoError(t, err)
	t.Cleanup(ioctx.Destroy)
	ioctx.SetNamespace(fmt.Sprintf("%d-%d", os.Getpid(), spaces.Add(1)))
	return ioctx
}

// stored returns a namespace with an object.
func stored(t testing.TB, data []byte) *rados.IOContext {
	t.Helper()
	ioctx := space(t)
	require.NoError(t, ioctx.WriteFull(oid, data))
	return ioctx
}

func open(t testing.TB, ioctx *rados.IOContext, opts ...radosio.Option) *radosio.Object {
	t.Helper()
	obj, err := radosio.Open(ioctx, oid, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { obj.Close() })
	return obj
}

// content returns the data of the object in the cluster.
func content(t testing.TB, ioctx *rados.IOContext) []byte {
	t.Helper()
	stat, err := ioctx.Stat(oid)
	require.NoError(t, err)
	data := make([]byte, stat.Size)
	n, err := ioctx.Read(oid, data, 0)
	require.NoError(t, err)
	return data[:n]
}

// ways lists the ways to read. Reading ahead must not change their results.
var ways = map[string][]radosio.Option{
	"default":       nil,
	"no read-ahead": {radosio.ChunkSize(1 << 10), radosio.ReadAhead(0)},
	"small chunks":  {radosio.ChunkSize(1 << 10), radosio.ReadAhead(4 << 10)},
	"small window":  {radosio.ReadAhead(700)},
	"uneven":        {radosio.ChunkSize(999), radosio.ReadAhead(2500)},
	"checked":       {radosio.ChunkSize(1 << 10), radosio.ReadAhead(2 << 10), radosio.CheckVersion()},
}

func TestReaderContract(t *testing.T) {
	sizes := []int{0, 1, 1 << 10, 3000}
	if testing.Short() {
		sizes = sizes[:2]
	}
	for _, size := range sizes {
		data := noise(size)
		ioctx := stored(t, data)
		for name, opts := range ways {
			t.Run(fmt.Sprintf("%s/%d", name, size), func(t *testing.T) {
				require.NoError(t, iotest.TestReader(open(t, ioctx, opts...), data))
			})
		}
	}
}

func TestReadAll(t *testing.T) {
	data := noise(100_000)
	ioctx := stored(t, data)
	readers := map[string]func(io.Reader) io.Reader{
		"ReadAll":  func(r io.Reader) io.Reader { return r },
		"one byte": func(r io.Reader) io.Reader { return io.LimitReader(iotest.OneByteReader(r), 5000) },
		"halves":   iotest.HalfReader,
	}
	for name, opts := range ways {
		for how, wrap := range readers {
			t.Run(name+"/"+how, func(t *testing.T) {
				got, err := io.ReadAll(wrap(open(t, ioctx, opts...)))
				require.NoError(t, err)
				require.True(t, bytes.Equal(data[:len(got)], got))
			})
		}
		t.Run(name+"/WriteTo", func(t *testing.T) {
			var got bytes.Buffer
			n, err := io.Copy(&got, open(t, ioctx, opts...))
			require.NoError(t, err)
			require.EqualValues(t, len(data), n)
			require.True(t, bytes.Equal(data, got.Bytes()))
		})
	}
}

func TestReadAt(t *testing.T) {
	data := noise(10_000)
	obj := open(t, stored(t, data), radosio.ChunkSize(1<<10))
	for _, c := range []struct{ off, n, want int }{
		{0, 10_000, 10_000}, {0, 10_001, 10_000}, {9_999, 1, 1}, {9_999, 2, 1},
		{10_000, 1, 0}, {20_000, 1, 0}, {500, 5000, 5000}, {20_000, 0, 0}, {0, 1 << 10, 1 << 10},
	} {
		p := make([]byte, c.n)
		n, err := obj.ReadAt(p, int64(c.off))
		require.Equal(t, c.want, n, c)
		if c.want < c.n {
			require.Equal(t, io.EOF, err, c)
		} else {
			require.NoError(t, err, c)
		}
		if n > 0 {
			require.True(t, bytes.Equal(data[c.off:c.off+n], p[:n]))
		}
	}
	_, err := obj.ReadAt(make([]byte, 1), -1)
	require.ErrorIs(t, err, fs.ErrInvalid)
}

// TestPython repeats the tests of Python's file objects.
func TestPython(t *testing.T) {
	for name, test := range map[string]func(t *testing.T, obj *radosio.Object){
		"py.TestObject.test_read": func(t *testing.T, obj *radosio.Object) {
			_, err := obj.WriteAt([]byte("bar"), 0)
			require.NoError(t, err)
			buf := make([]byte, 3)
			n, err := obj.Read(buf)
			require.NoError(t, err)
			require.Equal(t, "bar", string(buf[:n]))
			for range 2 {
				rest, err := io.ReadAll(obj)
				require.NoError(t, err, "the end is none")
				require.Empty(t, rest)
			}
		},
		"py.TestObject.test_seek": func(t *testing.T, obj *radosio.Object) {
			_, err := obj.Write([]byte("blah"))
			require.NoError(t, err)
			for offset, want := range []string{"blah", "lah"} {
				_, err = obj.Seek(int64(offset), io.SeekStart)
				require.NoError(t, err)
				got, err := io.ReadAll(obj)
				require.NoError(t, err)
				require.Equal(t, want, string(got))
			}
		},
		"py.TestObject.test_write": func(t *testing.T, obj *radosio.Object) {
			for _, part := range []string{"barbaz", "foo"} {
				n, err := obj.Write([]byte(part))
				require.NoError(t, err)
				require.Equal(t, len(part), n)
			}
			_, err := obj.Seek(0, io.SeekStart)
			require.NoError(t, err)
			for _, want := range []string{"bar", "baz", "foo"} {
				buf := make([]byte, 3)
				_, err = io.ReadFull(obj, buf)
				require.NoError(t, err)
				require.Equal(t, want, string(buf))
			}
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t, stored(t, nil))) })
	}
}

func TestMissingObject(t *testing.T) {
	ioctx := space(t)
	ioctx.SetNamespace("space")
	_, err := radosio.Open(ioctx, "none")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorIs(t, err, rados.ErrNotFound)
	var object *rados.ObjectError
	require.ErrorAs(t, err, &object)
	pool, _ := ioctx.GetPoolName()
	require.Equal(t, rados.ObjectError{Op: "Open", Pool: pool, Namespace: "space", Object: "none", Err: rados.ErrNotFound}, *object)
	require.Equal(t, "rados: Open "+pool+"/space/none: rados: ret=-2, No such file or directory", err.Error())
	_, err = ioctx.Stat("none")
	require.ErrorIs(t, err, fs.ErrNotExist, "opening must not create the object")
}

func TestBadUse(t *testing.T) {
	ioctx := stored(t, nil)
	for _, opt := range []radosio.Option{radosio.ChunkSize(0), radosio.ChunkSize(-1), radosio.ReadAhead(-1)} {
		_, err := radosio.Open(ioctx, oid, opt)
		require.ErrorIs(t, err, fs.ErrInvalid)
	}
	_, err := radosio.Open(nil, oid)
	require.ErrorIs(t, err, rados.ErrInvalidIOContext)
	_, err = radosio.Create(ioctx, "a\x00b")
	require.ErrorIs(t, err, rados.ErrNameContainsNUL)

	obj := open(t, ioctx)
	_, err = obj.WriteAt([]byte("x"), -1)
	require.ErrorIs(t, err, fs.ErrInvalid)
	_, err = obj.Seek(0, 7)
	require.ErrorIs(t, err, fs.ErrInvalid)
	_, err = obj.Seek(-1, io.SeekStart)
	require.ErrorIs(t, err, fs.ErrInvalid)
	pos, err := obj.Seek(math.MaxInt64, io.SeekStart)
	require.NoError(t, err)
	require.EqualValues(t, math.MaxInt64, pos)
	_, err = obj.Seek(1, io.SeekCurrent)
	require.ErrorIs(t, err, fs.ErrInvalid)
	for range 2 {
		_, err = obj.Read(make([]byte, 10))
		require.Error(t, err)
	}
	_, err = obj.Write([]byte("x"))
	require.Error(t, err)
}

func TestCreate(t *testing.T) {
	ioctx := stored(t, []byte("what was there before"))
	require.NoError(t, ioctx.SetXattr(oid, "kept", []byte("yes")))
	obj, err := radosio.Create(ioctx, oid)
	require.NoError(t, err)
	defer obj.Close()
	require.Empty(t, content(t, ioctx))
	_, err = io.WriteString(obj, "new")
	require.NoError(t, err)
	require.Equal(t, "new", string(content(t, ioctx)))
	xattrs, err := ioctx.ListXattrs(oid)
	require.NoError(t, err)
	require.Contains(t, xattrs, "kept")
}

func TestWrite(t *testing.T) {
	data := noise(10_000)
	for name, opts := range ways {
		t.Run(name, func(t *testing.T) {
			ioctx := space(t)
			obj, err := radosio.Create(ioctx, oid, opts...)
			require.NoError(t, err)
			defer obj.Close()

			n, err := obj.Write(data[:5000])
			require.NoError(t, err)
			require.Equal(t, 5000, n)
			m, err := obj.ReadFrom(iotest.HalfReader(bytes.NewReader(data[5000:9000])))
			require.NoError(t, err)
			require.EqualValues(t, 4000, m)
			n, err = obj.WriteAt(data[9000:], 9000)
			require.NoError(t, err)
			require.Equal(t, 1000, n)
			require.True(t, bytes.Equal(data, content(t, ioctx)))

			pos, err := obj.Seek(0, io.SeekCurrent)
			require.NoError(t, err)
			require.EqualValues(t, 9000, pos, "WriteAt does not move the position")
			rest, err := io.ReadAll(obj)
			require.NoError(t, err)
			require.True(t, bytes.Equal(data[9000:], rest))
			pos, err = obj.Seek(-10, io.SeekEnd)
			require.NoError(t, err)
			require.EqualValues(t, 9990, pos)
		})
	}
}

func TestWriteLeavesAHole(t *testing.T) {
	ioctx := stored(t, []byte("ab"))
	obj := open(t, ioctx)
	_, err := obj.Seek(2, io.SeekEnd)
	require.NoError(t, err)
	_, err = obj.Write([]byte("cd"))
	require.NoError(t, err)
	require.Equal(t, "ab\x00\x00cd", string(content(t, ioctx)))
}

func TestReadFromError(t *testing.T) {
	for _, fault := range []error{errors.New("broken"), io.ErrUnexpectedEOF} {
		ioctx := stored(t, nil)
		obj := open(t, ioctx, radosio.ChunkSize(4))
		n, err := obj.ReadFrom(io.MultiReader(bytes.NewReader([]byte("abcdef")), iotest.ErrReader(fault)))
		require.Equal(t, fault, err)
		require.EqualValues(t, 6, n)
		require.Equal(t, "abcdef", string(content(t, ioctx)))
	}
}

// limitedWriter accepts n bytes, and then returns an error or a short count.
type limitedWriter struct {
	bytes.Buffer
	n   int
	err error
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if take := w.n - w.Len(); take < len(p) {
		n, _ := w.Buffer.Write(p[:take])
		return n, w.err
	}
	return w.Buffer.Write(p)
}

func TestWriteToError(t *testing.T) {
	data := noise(10_000)
	ioctx := stored(t, data)
	for name, opts := range ways {
		t.Run(name, func(t *testing.T) {
			obj := open(t, ioctx, opts...)
			w := &limitedWriter{n: 3333, err: errors.New("full")}
			n, err := obj.WriteTo(w)
			require.Equal(t, w.err, err)
			require.EqualValues(t, 3333, n)
			short := &limitedWriter{n: 3333}
			n, err = obj.WriteTo(short)
			require.Equal(t, io.ErrShortWrite, err)
			require.EqualValues(t, 3333, n)
			rest, err := io.ReadAll(obj)
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, append(append(w.Bytes(), short.Bytes()...), rest...)))
		})
	}
}

func TestObjectTooLarge(t *testing.T) {
	ioctx := stored(t, nil)
	obj := open(t, ioctx)
	n, err := obj.WriteAt([]byte("x"), 1<<40)
	require.ErrorIs(t, err, syscall.EFBIG)
	require.Zero(t, n)

	at := int64(128<<20 - 8) // osd_max_object_size
	obj = open(t, ioctx, radosio.ChunkSize(4))
	n, err = obj.WriteAt(make([]byte, 16), at)
	require.ErrorIs(t, err, syscall.EFBIG)
	require.Equal(t, 8, n, "what fits is written and counted")
	size, err := obj.Seek(0, io.SeekEnd)
	require.NoError(t, err)
	require.EqualValues(t, 128<<20, size)
}

// sequence reads enough to start reading ahead.
func sequence(t testing.TB, obj *radosio.Object, n int) {
	t.Helper()
	for range 2 {
		_, err := io.ReadFull(obj, make([]byte, n/2))
		require.NoError(t, err)
	}
}

func TestNothingStale(t *testing.T) {
	old, fresh := bytes.Repeat([]byte{1}, 100_000), bytes.Repeat([]byte{2}, 100_000)
	for name, opts := range ways {
		for how, renew := range map[string]func(*radosio.Object, *rados.IOContext) error{
			"SeekStart": func(obj *radosio.Object, ioctx *rados.IOContext) error {
				err := ioctx.WriteFull(oid, fresh)
				obj.Seek(100, io.SeekStart)
				return err
			},
			"SeekCurrent": func(obj *radosio.Object, ioctx *rados.IOContext) error {
				err := ioctx.WriteFull(oid, fresh)
				obj.Seek(1, io.SeekCurrent)
				return err
			},
			"SeekEnd": func(obj *radosio.Object, ioctx *rados.IOContext) error {
				err := ioctx.WriteFull(oid, fresh)
				obj.Seek(-10, io.SeekEnd)
				return err
			},
			"WriteAt": func(obj *radosio.Object, _ *rados.IOContext) error {
				_, err := obj.WriteAt(fresh, 0)
				return err
			},
			"Write": func(obj *radosio.Object, _ *rados.IOContext) error {
				_, err := obj.Write(fresh[:len(fresh)/2])
				obj.Seek(int64(-len(fresh)/2), io.SeekCurrent)
				return err
			},
		} {
			if name == "checked" && how[:4] == "Seek" {
				continue // see TestCheckVersion
			}
			t.Run(name+"/"+how, func(t *testing.T) {
				ioctx := stored(t, old)
				obj := open(t, ioctx, opts...)
				sequence(t, obj, 100)
				require.NoError(t, renew(obj, ioctx))
				p := make([]byte, 5000)
				n, err := obj.Read(p)
				require.NoError(t, err)
				require.Equal(t, fresh[:n], p[:n])
			})
		}
	}
}

func TestFollowsGrowth(t *testing.T) {
	for name, opts := range ways {
		if name == "checked" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			ioctx := stored(t, nil)
			obj := open(t, ioctx, opts...)
			var want []byte
			var got bytes.Buffer
			for i := range 20 {
				more := noise(i * 300)
				want = append(want, more...)
				require.NoError(t, ioctx.Append(oid, more))
				if i%2 == 0 {
					_, err := obj.WriteTo(&got)
					require.NoError(t, err)
				} else {
					rest, err := io.ReadAll(obj)
					require.NoError(t, err)
					got.Write(rest)
				}
				require.True(t, bytes.Equal(want, got.Bytes()))
			}
		})
	}
}

func TestObjectShrinks(t *testing.T) {
	ioctx := stored(t, noise(100_000))
	obj := open(t, ioctx, radosio.ChunkSize(1000), radosio.ReadAhead(4000))
	sequence(t, obj, 100)
	require.NoError(t, ioctx.Truncate(oid, 50_500))
	rest, err := io.ReadAll(obj)
	require.NoError(t, err)
	require.Len(t, rest, 50_500-100)
}

func TestCheckVersion(t *testing.T) {
	change := map[string]func(*rados.IOContext) error{
		"data":   func(io *rados.IOContext) error { return io.Write(oid, []byte("x"), 0) },
		"xattr":  func(io *rados.IOContext) error { return io.SetXattr(oid, "a", nil) },
		"omap":   func(io *rados.IOContext) error { return io.SetOmap(oid, map[string][]byte{"a": nil}) },
		"remove": func(io *rados.IOContext) error { return io.Delete(oid) },
		"anew": func(io *rados.IOContext) error {
			return errors.Join(io.Delete(oid), io.WriteFull(oid, noise(100_000)))
		},
	}
	use := map[string]func(*radosio.Object) error{
		"Read":    func(o *radosio.Object) error { _, err := io.ReadAll(io.LimitReader(o, 1<<30)); return err },
		"WriteTo": func(o *radosio.Object) error { _, err := io.Copy(io.Discard, o); return err },
		"ReadAt":  func(o *radosio.Object) error { _, err := o.ReadAt(make([]byte, 1), 0); return err },
		"Seek":    func(o *radosio.Object) error { _, err := o.Seek(0, io.SeekEnd); return err },
		"WriteAt": func(o *radosio.Object) error { _, err := o.WriteAt([]byte("y"), 0); return err },
	}
	for what, change := range change {
		for how, use := range use {
			t.Run(what+"/"+how, func(t *testing.T) {
				ioctx := stored(t, noise(100_000))
				obj := open(t, ioctx, radosio.CheckVersion(), radosio.ChunkSize(1000), radosio.ReadAhead(4000))
				sequence(t, obj, 100)
				require.NoError(t, change(ioctx))
				err := use(obj)
				require.ErrorIs(t, err, radosio.ErrChanged)
				if what == "remove" && how != "Read" && how != "WriteTo" {
					require.ErrorIs(t, err, fs.ErrNotExist)
				}
				if what != "remove" {
					_, err = io.Copy(io.Discard, open(t, ioctx, radosio.CheckVersion()))
					require.NoError(t, err, "opened again, it is another version")
				}
			})
		}
	}
}

func TestCheckVersionOwnWrites(t *testing.T) {
	ioctx := stored(t, nil)
	obj := open(t, ioctx, radosio.CheckVersion(), radosio.ChunkSize(100), radosio.ReadAhead(400))
	data := noise(10_000)
	var wg await.Group
	for i := range 10 {
		wg.Go(func() {
			_, err := obj.WriteAt(data[i*1000:(i+1)*1000], int64(i*1000))
			if err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if _, err := io.Copy(io.Discard, obj); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	_, err := obj.Seek(0, io.SeekStart)
	require.NoError(t, err)
	got, err := io.ReadAll(obj)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, got))
}

func TestSnapshot(t *testing.T) {
	ioctx := radostest.Pool(t)
	require.NoError(t, ioctx.WriteFull(oid, []byte("as it was")))
	require.NoError(t, ioctx.CreateSnap("s"))
	id, err := ioctx.LookupSnap("s")
	require.NoError(t, err)
	require.NoError(t, ioctx.WriteFull(oid, []byte("as it is")))
	require.NoError(t, ioctx.SetReadSnap(id))
	old := open(t, ioctx, radosio.CheckVersion())
	require.NoError(t, ioctx.SetReadSnap(rados.SnapHead))
	got, err := io.ReadAll(old)
	require.NoError(t, err)
	require.Equal(t, "as it was", string(got))
}

func TestOwnIOContext(t *testing.T) {
	ioctx := space(t)
	ioctx.SetNamespace("a")
	obj, err := radosio.Create(ioctx, oid)
	require.NoError(t, err)
	defer obj.Close()
	ioctx.SetNamespace("b")
	_, err = obj.Write([]byte("in a"))
	require.NoError(t, err)
	_, err = ioctx.Stat(oid)
	require.ErrorIs(t, err, fs.ErrNotExist)
	ioctx.SetNamespace("a")
	require.Equal(t, "in a", string(content(t, ioctx)))
	ioctx.Destroy()
	_, err = obj.ReadAt(make([]byte, 4), 0)
	require.NoError(t, err)
}

func TestConcurrentReadAt(t *testing.T) {
	data := noise(1 << 20)
	obj := open(t, stored(t, data), radosio.ChunkSize(10_000), radosio.ReadAhead(50_000))
	var wg await.Group
	for i := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			for range 50 {
				from := r.IntN(len(data) - 1)
				p := make([]byte, r.IntN(len(data)-from)/8+1)
				if _, err := obj.ReadAt(p, int64(from)); err != nil || !bytes.Equal(p, data[from:from+len(p)]) {
					t.Errorf("%d bytes at %d: %v", len(p), from, err)
				}
			}
		})
	}
	wg.Go(func() {
		got, err := io.ReadAll(obj)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("read %d bytes: %v", len(got), err)
		}
	})
	wg.Wait()
}

// TestModel performs random operations on an Object and on a slice.
func TestModel(t *testing.T) {
	for name, opts := range ways {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 7))
			data := noise(20_000)
			ioctx := stored(t, data)
			obj := open(t, ioctx, opts...)
			pos := 0
			for range 500 {
				switch r.IntN(8) {
				case 0:
					pos = r.IntN(len(data) + 100)
					_, err := obj.Seek(int64(pos), io.SeekStart)
					require.NoError(t, err)
				case 1:
					p := noise(r.IntN(3000))
					n, err := obj.Write(p)
					require.NoError(t, err)
					data = overlay(data, p, pos)
					pos += n
				case 2:
					p, at := noise(r.IntN(3000)), r.IntN(len(data))
					_, err := obj.WriteAt(p, int64(at))
					require.NoError(t, err)
					data = overlay(data, p, at)
				default:
					p := make([]byte, 1+r.IntN(3000))
					n, err := obj.Read(p)
					if pos >= len(data) {
						require.Equal(t, io.EOF, err)
						break
					}
					require.NoError(t, err)
					require.Positive(t, n)
					require.True(t, bytes.Equal(data[pos:pos+n], p[:n]))
					pos += n
				}
			}
			require.True(t, bytes.Equal(data, content(t, ioctx)))
		})
	}
}

// overlay writes p over data at a position, which may be beyond the end.
func overlay(data, p []byte, at int) []byte {
	if len(p) == 0 {
		return data
	}
	if grow := at + len(p) - len(data); grow > 0 {
		data = append(data, make([]byte, grow)...)
	}
	copy(data[at:], p)
	return data
}
