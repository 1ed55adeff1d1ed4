package modelcheck

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/process"
)

// reportFolder is the folder of soak.md and its charts.
const reportFolder = "../../../out"

// quantity is a resource that must not grow.
type quantity struct {
	name      string
	unit      float64
	tolerated func(median float64) float64 // growth in the second half of the run
	measure   func() int
}

func atMost(n float64) func(float64) float64 { return func(float64) float64 { return n } }

// The calls of one moment, and their threads, vary from sample to sample; memory does with the allocators.
var quantities = []quantity{
	{"resident memory, MiB", 1 << 20, func(median float64) float64 { return max(8, median/20) }, process.Resident},
	{"heap of Go, MiB", 1 << 20, func(median float64) float64 { return max(4, median/10) }, heapOfGo},
	{"goroutines", 1, atMost(3), runtime.NumGoroutine},
	{"threads", 1, atMost(5), process.Threads},
	{"descriptors", 1, atMost(5), process.Descriptors},
}

func heapOfGo() int {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}

// point is a value at a time, in seconds.
type point struct{ X, Y float64 }

// period is the time of a fault.
type period struct {
	Name       string
	Begin, End float64
}

// report has what a soak has used and done over time.
type report struct {
	began time.Time

	mu      sync.Mutex
	samples [][]point // of each quantity, with calls in flight
	judged  [][]point // of each quantity, with no call in flight
	rates   []point
	calls   int64 // at the last judgment
	periods []period

	faults, functions map[string]int
	totals            Totals
}

func newReport() *report {
	n := len(quantities)
	return &report{began: time.Now(), samples: make([][]point, n), judged: make([][]point, n)}
}

func (r *report) seconds() float64 { return time.Since(r.began).Seconds() }

func (r *report) measure(to [][]point) {
	now := r.seconds()
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, q := range quantities {
		to[i] = append(to[i], point{now, float64(q.measure()) / q.unit})
	}
}

// judge takes a sample that is judged: no call is in flight.
func (r *report) judge(calls int64) {
	runtime.GC() // for what was dropped
	debug.FreeOSMemory()
	r.measure(r.judged)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = calls
}

// sampleUntil takes a sample each second, also of the rate of calls.
func (r *report) sampleUntil(stop <-chan struct{}, calls func() int64) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for before, at := calls(), r.seconds(); ; {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		r.measure(r.samples)
		n, now := calls(), r.seconds()
		r.rates = append(r.rates, point{now, float64(n-before) / (now - at)})
		before, at = n, now
	}
}

// noteFault records the period of a fault.
func (r *report) noteFault(kind string, began, ended time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.periods = append(r.periods, period{kind, began.Sub(r.began).Seconds(), ended.Sub(r.began).Seconds()})
}

// growth returns by how much the second half of a series grows, and its median. It is the length of that
// half times the median slope of all pairs of its points (Theil and Sen): a few odd samples do not matter,
// nor what the first half needed until everything had been used once.
func growth(series []point) (grown, middle float64) {
	if len(series) == 0 {
		return 0, 0
	}
	middleTime := (series[0].X + series[len(series)-1].X) / 2
	half := series[slices.IndexFunc(series, func(p point) bool { return p.X >= middleTime }):]
	var slopes, values []float64
	for i, p := range half {
		values = append(values, p.Y)
		for _, later := range half[i+1:] {
			slopes = append(slopes, (later.Y-p.Y)/(later.X-p.X))
		}
	}
	if len(slopes) == 0 {
		return 0, values[0]
	}
	return median(slopes) * (half[len(half)-1].X - half[0].X), median(values)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// leastJudged is the number of samples below which a series shows nothing.
const leastJudged = 8

func (r *report) check(t *testing.T) {
	assert.GreaterOrEqual(t, len(r.judged[0]), leastJudged, "samples without calls in flight; take a longer -duration")
	for i, q := range quantities {
		grown, middle := growth(r.judged[i])
		assert.LessOrEqual(t, grown, q.tolerated(middle), "%s: the growth in the second half; see out/soak.md", q.name)
	}
	for _, use := range uses {
		assert.Positive(t, r.functions[use.name], "%s has never been done", use.name)
	}
}

// write writes soak.md, and its chart as SVG and PNG.
func (r *report) write(t *testing.T) {
	require.NoError(t, os.MkdirAll(reportFolder, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(reportFolder, "soak.md"), []byte(r.text()), 0o666))
	folder, err := filepath.Abs(reportFolder)
	require.NoError(t, err)
	charts, err := json.Marshal([]any{r.chart("soak.svg"), r.chart("soak.png")})
	require.NoError(t, err)
	cmd := exec.Command("go", "-C", "../../../tools", "run", "./charts", folder)
	cmd.Stdin = bytes.NewReader(charts)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("%s\nsee out/soak.md and out/soak.png", r.text())
}

func (r *report) chart(file string) any {
	type panel struct {
		Axis         string
		Line, Judged []point
	}
	panels := []panel{{"calls per second", r.rates, nil}}
	for i, q := range quantities {
		panels = append(panels, panel{q.name, r.samples[i], r.judged[i]})
	}
	return map[string]any{
		"File": file, "Title": "Soak: samples of each second (lines), those without calls in flight (dots), and faults (shaded)",
		"Panels": panels, "Marks": r.periods, "Seconds": r.rates[len(r.rates)-1].X,
	}
}

func (r *report) text() string {
	var b strings.Builder
	var uses, failed int
	names := map[string]bool{}
	for name, n := range r.functions {
		uses += n
		if strings.HasSuffix(name, " FAILED") {
			failed += n
		} else {
			names[name] = true
		}
	}
	fmt.Fprintf(&b, "# Soak\n\n%.0f seconds, %d operations of the model (%d of unknown outcome, %d not done), %d histories judged, %d undecided.\n",
		r.seconds(), r.totals.Ops, r.totals.Unknown, r.totals.NotDone, r.totals.Judged, r.totals.Undecided)
	fmt.Fprintf(&b, "%d uses of everything else, of which %d failed; %d functions and uses have succeeded.\n\n", uses, failed, len(names))
	fmt.Fprintf(&b, "Faults: %v.\n\n![over time](soak.svg)\n\n", r.faults)
	b.WriteString("Without calls in flight:\n\n| | samples | first | median of the second half | last | growth in the second half | tolerated |\n|---|--:|--:|--:|--:|--:|--:|\n")
	for i, q := range quantities {
		series := r.judged[i]
		if len(series) == 0 {
			continue
		}
		grown, middle := growth(series)
		fmt.Fprintf(&b, "| %s | %d | %.1f | %.1f | %.1f | %.2f | %.1f |\n", q.name, len(series), series[0].Y, middle, series[len(series)-1].Y, grown, q.tolerated(middle))
	}
	return b.String()
}

// TestGrowth: growth has the slope of the second half, whatever the first half and a few samples are.
func TestGrowth(t *testing.T) {
	var flat, warm, leak []point
	for i := range 40 {
		x := float64(i * 10)
		noise := float64(i * 7 % 5)
		flat = append(flat, point{x, 100 + noise})
		warm = append(warm, point{x, 100 + noise + 10*min(x, 180)})
		leak = append(leak, point{x, 100 + noise + x/10})
	}
	flat[33].Y = 500
	grown, middle := growth(flat)
	assert.InDelta(t, 0, grown, 1)
	assert.InDelta(t, 102, middle, 1)
	grown, _ = growth(warm)
	assert.InDelta(t, 0, grown, 1)
	grown, _ = growth(leak)
	assert.InDelta(t, 19, grown, 1)
}
