package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/examples/internal/demotest"
	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMain(m *testing.M) { demotest.Main(m, main) }

const pieceSize = 1000

// newStore makes a store in a pool of its own.
func newStore(t *testing.T) *store {
	s, err := open(t.Context(), radostest.Pool(t), pieceSize)
	require.NoError(t, err)
	return s
}

// start serves a store on a free port and returns the address.
func start(t *testing.T, s *store) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- serve(ctx, listener, &server{store: s, hub: newHub(), pageSize: 3}) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, await.Next(t, result))
	})
	return "http://" + listener.Addr().String()
}

// client makes requests.
type client struct {
	t    *testing.T
	base string
}

// do makes a request and returns the answer, with its body.
func (c client) do(method, path string, body io.Reader, header ...string) (*http.Response, string) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, body)
	require.NoError(c.t, err)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(c.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	return response, string(text)
}

func (c client) put(name, content string) {
	c.t.Helper()
	response, text := c.do("PUT", "/files/"+url.PathEscape(name), strings.NewReader(content))
	require.Equal(c.t, http.StatusNoContent, response.StatusCode, text)
}

// count returns the number of objects other than the index, and of keys in the trash.
func (s *store) count(t *testing.T) (objects, trash int) {
	t.Helper()
	for object, err := range s.ioctx.Objects() {
		require.NoError(t, err)
		if object.Name != index {
			objects++
		}
	}
	for _, err := range s.ioctx.Omap(index, "", trashKey) {
		require.NoError(t, err)
		trash++
	}
	return objects, trash
}

func noise(n int) string {
	data := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(data)
	return string(data)
}

func TestFiles(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	c := client{t, start(t, s)}
	objects := 0
	for size, pieces := range map[int]int{0: 0, 1: 1, pieceSize - 1: 1, pieceSize: 1, pieceSize + 1: 2, 3 * pieceSize: 3} {
		path := fmt.Sprintf("/files/of%%20%d", size)
		c.put(fmt.Sprintf("of %d", size), noise(size))
		response, text := c.do("GET", path, nil)
		assert.Equal(t, http.StatusOK, response.StatusCode)
		assert.Equal(t, noise(size), text)
		objects += pieces + 1
		got, trash := s.count(t)
		assert.Equal(t, objects, got)
		assert.Zero(t, trash)
	}

	response, text := c.do("GET", "/files/of%203000", nil, "Range", "bytes=995-2004")
	assert.Equal(t, http.StatusPartialContent, response.StatusCode)
	assert.Equal(t, noise(3000)[995:2005], text)
	response, _ = c.do("GET", "/files/of%203000", nil, "If-None-Match", response.Header.Get("ETag"))
	assert.Equal(t, http.StatusNotModified, response.StatusCode)

	c.put("of 3000", "short") // replaces
	_, text = c.do("GET", "/files/of%203000", nil)
	assert.Equal(t, "short", text)
	got, trash := s.count(t)
	assert.Equal(t, objects-2, got)
	assert.Zero(t, trash)

	response, _ = c.do("DELETE", "/files/of%203000", nil)
	assert.Equal(t, http.StatusNoContent, response.StatusCode)
	for _, method := range []string{"GET", "DELETE"} {
		response, _ = c.do(method, "/files/of%203000", nil)
		assert.Equal(t, http.StatusNotFound, response.StatusCode)
	}
	got, trash = s.count(t)
	assert.Equal(t, objects-4, got)
	assert.Zero(t, trash)
}

func TestNames(t *testing.T) {
	t.Parallel()
	c := client{t, start(t, newStore(t))}
	for _, name := range []string{"a b", "ä?&#%41", `"<i>'`, "+", strings.Repeat("x", 200)} {
		c.put(name, name)
		_, text := c.do("GET", "/files/"+url.PathEscape(name), nil)
		assert.Equal(t, name, text)
	}
	_, text := c.do("GET", "/list?limit=10", nil)
	assert.Contains(t, text, `data-name="&#34;&lt;i&gt;&#39;"`)
	assert.Contains(t, text, `href="/files/%C3%A4%3F&amp;%23%2541"`)
	for _, name := range []string{"a%2Fb", "a%00b", "%ff", strings.Repeat("x", 201)} {
		response, _ := c.do("PUT", "/files/"+name, strings.NewReader(""))
		assert.Equal(t, http.StatusBadRequest, response.StatusCode, name)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	c := client{t, start(t, newStore(t))}
	_, text := c.do("GET", "/", nil)
	assert.Contains(t, text, "No files yet")
	for _, name := range []string{"e", "b", "d", "a", "c"} {
		c.put(name, "plain text")
	}
	names := func(path string) (names string, next string) {
		_, text := c.do("GET", path, nil)
		for line := range strings.Lines(text) {
			if _, rest, ok := strings.Cut(line, `data-name="`); ok {
				names += rest[:1]
			}
			if _, rest, ok := strings.Cut(line, `data-after="`); ok {
				next = rest[:1]
			}
		}
		return names, next
	}
	for path, want := range map[string][2]string{
		"/": {"abc", "c"}, "/list": {"abc", "c"}, "/list?after=c": {"de", ""}, "/?after=b": {"cde", ""},
		"/list?limit=4": {"abcd", "d"}, "/list?limit=5": {"abcde", ""}, "/list?after=e": {"", ""},
	} {
		got, next := names(path)
		assert.Equal(t, want, [2]string{got, next}, path)
	}
	_, text = c.do("GET", "/", nil)
	assert.Contains(t, text, "text/plain; charset=utf-8")
	assert.Contains(t, text, fmt.Sprintf("<code>%x</code>", sha256.Sum256([]byte("plain text"))))
}

// TestThumbnail stores a picture that is larger than its thumbnail, and files that look like
// pictures and are none.
func TestThumbnail(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	c := client{t, start(t, s)}
	data := picture(720, 480, func(x, y float64) float64 { return (x + y + 2) / 4 })
	c.put("picture.jpg", string(data))
	c.put("cut.jpg", string(data[:len(data)/2]))
	c.put("text.jpg", "no picture")
	files, _, err := s.list(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, files, 3)
	assert.Equal(t, "image/jpeg", files[0].Attrs[typeAttr])
	assert.Empty(t, files[0].Attrs[pixelsAttr])
	assert.Equal(t, "720 × 480", files[1].Attrs[pixelsAttr])
	assert.Empty(t, files[2].Attrs[pixelsAttr])

	response, text := c.do("GET", "/thumbnails/"+files[1].ID, nil)
	assert.Equal(t, "image/jpeg", response.Header.Get("Content-Type"))
	thumbnail, err := jpeg.Decode(strings.NewReader(text))
	require.NoError(t, err)
	assert.Equal(t, 360, thumbnail.Bounds().Dx())
	assert.Equal(t, 240, thumbnail.Bounds().Dy())
	full, err := jpeg.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	for _, at := range [][2]int{{10, 10}, {180, 120}, {350, 230}} { // the same colors at the same places
		r, g, b, _ := thumbnail.At(at[0], at[1]).RGBA()
		R, G, B, _ := full.At(2*at[0], 2*at[1]).RGBA()
		assert.InDeltaSlice(t, []uint32{R, G, B}, []uint32{r, g, b}, 0x0a00)
	}
	response, _ = c.do("GET", "/thumbnails/none", nil)
	assert.Equal(t, http.StatusNotFound, response.StatusCode)
}

// TestScripts expects that a file can't act as a part of the page.
func TestScripts(t *testing.T) {
	t.Parallel()
	c := client{t, start(t, newStore(t))}
	c.put("evil.html", "<script>alert(1)</script>")
	response, _ := c.do("GET", "/files/evil.html", nil)
	assert.Equal(t, "sandbox", response.Header.Get("Content-Security-Policy"))
	assert.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))
}

// TestBrokenUpload ends an upload in the middle. It leaves nothing, and the file of that name
// that there was.
func TestBrokenUpload(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.put(t.Context(), "a", strings.NewReader("before")))
	reason := errors.New("reason")
	body := io.MultiReader(strings.NewReader(noise(5*pieceSize/2)), iotest.ErrReader(reason))
	assert.ErrorIs(t, s.put(t.Context(), "a", body), reason)

	ctx, cancel := context.WithCancel(t.Context())
	body = io.MultiReader(strings.NewReader(noise(5*pieceSize/2)), readerFunc(func([]byte) (int, error) {
		cancel()
		return 0, io.EOF
	}))
	assert.ErrorIs(t, s.put(ctx, "a", body), context.Canceled)
	objects, trash := s.count(t)
	assert.Equal(t, 2, objects)
	assert.Zero(t, trash)
	e, err := s.lookup(t.Context(), "a")
	require.NoError(t, err)
	assert.EqualValues(t, len("before"), e.Size)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// TestSweep sweeps what a program left that died in an upload. An upload that has not ended by then
// can't be completed.
func TestSweep(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.put(t.Context(), "kept", strings.NewReader(noise(2*pieceSize))))
	require.NoError(t, s.ioctx.SetOmap(index, map[string][]byte{trashKey + "dead": now()}))
	dead := entry{ID: "dead"}
	require.NoError(t, s.write(t.Context(), &dead, strings.NewReader(noise(3*pieceSize))))
	require.NoError(t, s.sweep(t.Context(), time.Now().Add(-time.Minute)), "too young")
	objects, trash := s.count(t)
	assert.Equal(t, 3+4, objects)
	assert.Equal(t, 1, trash)

	slow, claim := entry{ID: "slow"}, now()
	require.NoError(t, s.ioctx.SetOmap(index, map[string][]byte{trashKey + "slow": claim}))
	require.NoError(t, s.write(t.Context(), &slow, strings.NewReader("slow")))
	inTrash := rados.OmapKeyValue{Key: trashKey + "slow", Value: claim}
	require.NoError(t, s.condemn(t.Context(), inTrash))
	_, err := s.replace(t.Context(), "slow", &slow, claim)
	assert.ErrorIs(t, err, errDead)
	assert.ErrorIs(t, s.condemn(t.Context(), inTrash), syscall.ECANCELED)
	require.NoError(t, s.sweep(t.Context(), time.Now().Add(time.Minute)))
	objects, trash = s.count(t)
	assert.Equal(t, 3, objects)
	assert.Zero(t, trash)
	_, err = s.lookup(t.Context(), "slow")
	assert.ErrorIs(t, err, fs.ErrNotExist)
	_, err = s.lookup(t.Context(), "kept")
	assert.NoError(t, err)
}

// TestConcurrentPuts has clients store files under one name. One of them remains, whole.
func TestConcurrentPuts(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var wg await.Group
	for i := range 8 {
		wg.Go(func() {
			assert.NoError(t, s.put(t.Context(), "a", strings.NewReader(strings.Repeat(fmt.Sprint(i), 1500))))
		})
	}
	wg.Wait()
	e, err := s.lookup(t.Context(), "a")
	require.NoError(t, err)
	data := make([]byte, 1500)
	_, err = s.content(t.Context(), e.ID).ReadAt(data, 0)
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat(string(data[:1]), 1500), string(data))
	objects, trash := s.count(t)
	assert.Equal(t, 3, objects)
	assert.Zero(t, trash)
}

// TestLive expects the pages of two servers to get the changes of either.
func TestLive(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	one, two := client{t, start(t, s)}, client{t, start(t, s)}
	var pages []<-chan string
	for _, c := range []client{one, one, two} {
		pages = append(pages, events(t, c.base))
	}
	expect := func(want string) {
		t.Helper()
		for _, page := range pages {
			for {
				if got := await.Next(t, page); got != `{"op":"unknown"}` { // at the start of a watch
					assert.JSONEq(t, want, got)
					break
				}
			}
		}
	}
	require.Eventually(t, func() bool { // until both servers watch
		acks, _, err := s.ioctx.Notify(index, []byte(`{"op":"unknown"}`))
		return err == nil && len(acks) == 2
	}, await.Patience, 10*time.Millisecond)
	one.put("ä", "x")
	expect(`{"op":"stored","name":"ä"}`)
	two.do("DELETE", "/files/"+url.PathEscape("ä"), nil)
	expect(`{"op":"removed","name":"ä"}`)
}

// events returns the server-sent events of a page that is open until the test ends.
func events(t *testing.T, base string) <-chan string {
	request, err := http.NewRequestWithContext(t.Context(), "GET", base+"/events", nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	list := make(chan string, 100)
	go func() {
		defer response.Body.Close()
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				list <- data
			}
		}
	}()
	return list
}

// TestSlowPage has a page that receives nothing. It is disconnected, and others are not.
func TestSlowPage(t *testing.T) {
	h := newHub()
	slow, quick := h.join(), h.join()
	for range 20 {
		h.send(change{Op: "unknown"})
		<-quick
	}
	n := len(await.Closed(t, slow))
	assert.Equal(t, cap(slow), n)
	h.leave(slow)
	h.leave(quick)
	assert.Empty(t, h.pages)
}

// TestIndexIsRemoved expects a server without its index to end.
func TestIndexIsRemoved(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	h := newHub()
	page := h.join()
	result := make(chan error, 1)
	go func() { result <- serve(t.Context(), listener, &server{store: s, hub: h, pageSize: 3}) }()
	await.Next(t, page) // the watch has started
	require.NoError(t, s.ioctx.Delete(index))
	assert.ErrorIs(t, await.Next(t, result), rados.ErrNotFound)
}

// TestDemo runs the program, stops it, and expects it to leave nothing.
func TestDemo(t *testing.T) {
	demotest.Pool(t, radostest.Shared(t))
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	result := make(chan error, 1)
	go func() { result <- run(ctx, []string{"-demo", "-listen", "127.0.0.1:0"}, in) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	_, base, _ := strings.Cut(strings.TrimSpace(line), " at ")
	_, text := client{t, base}.do("GET", "/", nil)
	assert.Contains(t, text, "960 × 720")
	assert.Contains(t, text, "rose.txt")
	cancel()
	require.NoError(t, await.Next(t, result))
	pools, err := radostest.Conn(t).ListPools()
	require.NoError(t, err)
	for _, pool := range pools {
		assert.NotContains(t, pool, "gallery-demo")
	}
}
