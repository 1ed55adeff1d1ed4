package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
)

var screenshot = flag.String("screenshot", "", "write a screenshot of the page to this file")

// gate is a handler whose requests stop after the first bytes of their bodies, until it opens.
type gate struct {
	http.Handler
	opened chan struct{}
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := r.Body
	first := true
	r.Body = io.NopCloser(readerFunc(func(b []byte) (int, error) {
		if !first {
			<-g.opened
		}
		first = false
		return body.Read(b)
	}))
	g.Handler.ServeHTTP(w, r)
}

// TestBrowser uses the pages of two servers of one store in a browser.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := startBrowser(t)
	s := newStore(t)
	s.pieceSize = 4 << 20
	one := &gate{opened: make(chan struct{})}
	two := start(t, s)
	h := newHub()
	one.Handler = (&server{store: s, hub: h, pageSize: 3}).handler()
	ctx, cancel := context.WithCancel(t.Context())
	followed := make(chan error, 1)
	go func() { followed <- h.follow(ctx, s.ioctx) }()
	defer func() {
		cancel()
		assert.ErrorIs(t, await.Next(t, followed), context.Canceled)
	}()
	first := httptest.NewServer(one)
	defer first.Close()
	defer first.CloseClientConnections()

	const live = `document.querySelector("#live").dataset.live === "yes"`
	watching := b.open(two)
	b.until(live)
	b.until(`document.querySelector(".empty")`)
	uploading := b.open(first.URL)
	b.until(live)

	folder := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, data, 0o666))
		return path
	}
	item := func(name string) string { return `document.querySelector('li[data-name="` + name + `"]')` }

	assert.Equal(t, "Choose files or drop them here", b.label("#files"))
	b.press("#files", file("large <b>.bin", make([]byte, 48<<20)))
	b.until(`document.querySelector("#uploads progress")?.value > 0`)
	assert.Less(t, evaluate[float64](b, `return document.querySelector("#uploads progress").value`), 1.0)
	assert.Equal(t, "large <b>.bin", b.label("#uploads progress"))
	close(one.opened)
	b.until(`!document.querySelector("#uploads li")`)
	b.until(item("large <b>.bin"))

	b.use(watching)
	b.until(item("large <b>.bin"))
	b.until(`document.querySelector("#message").textContent === "large <b>.bin was stored."`)
	assert.Contains(t, evaluate[string](b, `return `+item("large <b>.bin")+`.textContent`), "48.0 MiB")

	// A control keeps the focus, and details stay open, when the list changes.
	b.press("summary", enter)
	b.use(uploading)
	b.press("#files", file("picture.jpg", picture(720, 480, func(x, y float64) float64 { return (x + y + 2) / 4 })))
	b.until(item("picture.jpg"))
	b.use(watching)
	b.until(item("picture.jpg"))
	b.until(item("picture.jpg") + `.querySelector("img").naturalWidth === 360`)
	b.until(`document.activeElement.matches("summary") && document.activeElement.parentNode.open`)
	assert.Equal(t, "large <b>.bin", evaluate[string](b, `return document.activeElement.closest("li").dataset.name`))

	// The keyboard is enough to delete a file.
	remove := `li[data-name="picture.jpg"] .delete`
	assert.Equal(t, "Delete picture.jpg", b.label(remove))
	b.press(remove, enter)
	b.call("POST", "/alert/dismiss", nil, nil)
	b.until(item("picture.jpg"))
	b.press(remove, enter)
	b.call("POST", "/alert/accept", nil, nil)
	b.until("!" + item("picture.jpg"))
	b.use(uploading)
	b.until("!" + item("picture.jpg"))
	b.until(`document.querySelector("#message").textContent === "picture.jpg was removed."`)

	// An upload that fails says so.
	b.press("#files", file(strings.Repeat("x", 201), []byte("x")))
	b.until(`document.querySelector("#uploads .failed")?.textContent.includes("200 bytes")`)

	// More files than a page has.
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		b.press("#files", file(name, []byte(name)))
		b.until(item(name))
		if name == "c" {
			b.call("POST", "/refresh", nil, nil)
			b.until("!" + item("large <b>.bin"))
			b.press("#next", enter)
			b.until(item("large <b>.bin"))
			assert.Equal(t, "large <b>.bin", evaluate[string](b, `return document.activeElement.closest("li").dataset.name`))
		}
	}
	assert.Empty(t, evaluate[[]string](b, `return [...document.querySelectorAll("[id]")].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)`))

	if *screenshot != "" {
		b.shoot(s)
	}
}

// shoot takes screenshots of a page with sample files: a light one for the README, and a dark one to
// look at.
func (b *browser) shoot(s *store) {
	for _, name := range []string{"a", "b", "c", "d", "e", "large <b>.bin"} {
		require.NoError(b.t, s.remove(b.t.Context(), name))
	}
	require.NoError(b.t, s.putSamples(b.t.Context()))
	for name, size := range map[string]int{"report.pdf": 3 << 20, "backup.tar": 48 << 20} {
		require.NoError(b.t, s.put(b.t.Context(), name, bytes.NewReader(make([]byte, size))))
	}
	b.call("POST", "/refresh", nil, nil)
	b.until(`document.querySelector("#live").dataset.live === "yes"`)
	b.press("#next", enter)
	b.until(`document.querySelectorAll("#list li").length >= 6`)
	b.press("#next", enter)
	b.until(`document.querySelectorAll("#list li").length === 7`)
	b.until(`[...document.images].every(image => image.complete)`)
	evaluate[any](b, `document.activeElement.blur(); scrollTo(0, 0)`)
	b.screenshot(*screenshot)
	b.call("POST", "/goog/cdp/execute", map[string]any{"cmd": "Emulation.setEmulatedMedia", "params": map[string]any{
		"features": []any{map[string]any{"name": "prefers-color-scheme", "value": "dark"}},
	}}, nil)
	evaluate[any](b, `document.querySelector("summary").click(); document.querySelector(".delete").focus()`)
	b.screenshot(strings.TrimSuffix(*screenshot, ".png") + "-dark.png")
}
