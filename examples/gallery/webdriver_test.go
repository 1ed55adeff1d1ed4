package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/draw"
	"image/png"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
)

// browser is a session of a headless Chromium, controlled by the WebDriver protocol
// (https://www.w3.org/TR/webdriver2).
type browser struct {
	t       *testing.T
	session string // its URL
}

// startBrowser starts chromedriver, which starts Chromium. Without these, it skips the test.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	for _, program := range []string{"chromium", "chromedriver"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs %s: scripts/setup.sh chromium chromedriver=chromium-driver", program)
		}
	}
	driver := exec.Command("chromedriver", "--port=0")
	driver.WaitDelay = 10 * time.Second
	out, err := driver.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, driver.Start())
	t.Cleanup(func() {
		driver.Process.Kill()
		driver.Wait()
	})
	port := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if m := regexp.MustCompile(`successfully on port (\d+)`).FindStringSubmatch(lines.Text()); m != nil {
				port <- m[1]
			}
		}
	}()
	b := &browser{t: t, session: "http://127.0.0.1:" + await.Next(t, port) + "/session"}
	var answer struct{ SessionID string }
	b.call("POST", "", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"goog:chromeOptions": map[string]any{"args": []string{
			"--headless=new", "--no-sandbox", "--user-data-dir=" + t.TempDir(), "--window-size=1000,980",
			"--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
			// nothing but the page may use the network
			"--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
			"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		}},
	}}}, &answer)
	b.session += "/" + answer.SessionID
	t.Cleanup(func() { b.call("DELETE", "", nil, nil) })
	return b
}

// call sends a command and stores the value of the answer in result, unless that is nil.
func (b *browser) call(method, command string, parameters, result any) {
	b.t.Helper()
	value, failure := b.try(method, command, parameters)
	require.Empty(b.t, failure, "%s %s: %s", method, command, value)
	if result != nil {
		require.NoError(b.t, json.Unmarshal(value, result))
	}
}

// try sends a command and returns the value of the answer, and the name of the error, if any.
func (b *browser) try(method, command string, parameters any) (value json.RawMessage, failure string) {
	b.t.Helper()
	if parameters == nil {
		parameters = struct{}{}
	}
	body, err := json.Marshal(parameters)
	require.NoError(b.t, err)
	request, err := http.NewRequest(method, b.session+command, bytes.NewReader(body))
	require.NoError(b.t, err)
	response, err := (&http.Client{Timeout: await.Patience}).Do(request)
	require.NoError(b.t, err)
	defer response.Body.Close()
	var answer struct{ Value json.RawMessage }
	require.NoError(b.t, json.NewDecoder(response.Body).Decode(&answer))
	if response.StatusCode == http.StatusOK {
		return answer.Value, ""
	}
	var e struct{ Error string }
	require.NoError(b.t, json.Unmarshal(answer.Value, &e))
	return answer.Value, e.Error
}

// open opens a page in a new tab and returns the handle of the tab.
func (b *browser) open(url string) (tab string) {
	b.t.Helper()
	var answer struct{ Handle string }
	b.call("POST", "/window/new", map[string]any{"type": "tab"}, &answer)
	b.use(answer.Handle)
	b.call("POST", "/url", map[string]any{"url": url}, nil)
	return answer.Handle
}

// use makes a tab the one to which the commands go.
func (b *browser) use(tab string) {
	b.t.Helper()
	b.call("POST", "/window", map[string]any{"handle": tab}, nil)
}

// evaluate runs a script, the body of a function, and returns its result.
func evaluate[T any](b *browser, script string) (result T) {
	b.t.Helper()
	b.call("POST", "/execute/sync", map[string]any{"script": script, "args": []any{}}, &result)
	return result
}

// until runs an expression until it is true.
func (b *browser) until(expression string) {
	b.t.Helper()
	require.Eventually(b.t, func() bool { return evaluate[bool](b, "return !!("+expression+")") }, await.Patience, 20*time.Millisecond, expression)
}

// element sends a command to the element that a selector selects, and stores the value of the
// answer in result, unless that is nil.
func (b *browser) element(selector, method, command string, parameters, result any) {
	b.t.Helper()
	var value json.RawMessage
	var failure string
	require.Eventually(b.t, func() bool { // the page may replace the element at any time
		var element map[string]string
		b.call("POST", "/element", map[string]any{"using": "css selector", "value": selector}, &element)
		for _, id := range element { // one
			value, failure = b.try(method, "/element/"+id+command, parameters)
		}
		return failure != "stale element reference"
	}, await.Patience, 20*time.Millisecond)
	require.Empty(b.t, failure, "%s %s: %s", selector, command, value)
	if result != nil {
		require.NoError(b.t, json.Unmarshal(value, result))
	}
}

const enter = "\uE007"

// press sends keys to an element, or the path of a file to an input.
func (b *browser) press(selector, keys string) {
	b.t.Helper()
	b.element(selector, "POST", "/value", map[string]any{"text": keys}, nil)
}

// label returns the name of an element for screen readers.
func (b *browser) label(selector string) (text string) {
	b.t.Helper()
	b.element(selector, "GET", "/computedlabel", nil, &text)
	return text
}

// screenshot writes what the tab shows to a file, as a small PNG.
func (b *browser) screenshot(path string) {
	b.t.Helper()
	var text string
	b.call("GET", "/screenshot", nil, &text)
	data, err := base64.StdEncoding.DecodeString(text)
	require.NoError(b.t, err)
	decoded, err := png.Decode(bytes.NewReader(data))
	require.NoError(b.t, err)
	picture := image.NewRGBA(decoded.Bounds())
	draw.Draw(picture, picture.Rect, decoded, picture.Rect.Min, draw.Src)
	for i, v := range picture.Pix {
		picture.Pix[i] = v&0xfc | v>>6 // fewer colors take less space
	}
	file, err := os.Create(path)
	require.NoError(b.t, err)
	defer file.Close()
	require.NoError(b.t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(file, picture))
}
