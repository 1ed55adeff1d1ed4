package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMain(m *testing.M) {
	if !asSubject() {
		os.Exit(m.Run())
	}
}

// TestQuick runs a whole measurement, without regard to the numbers.
func TestQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("builds other programs, which -race does not instrument")
	}
	t.Chdir("..") // as make bench runs it
	folder := t.TempDir()
	var out strings.Builder
	cluster := radostest.Start(t)
	require.NoError(t, run(t.Context(), &out, options{quick: true, conf: cluster.Conf(), out: folder}), out.String())

	page, err := os.ReadFile(filepath.Join(folder, "benchmarks.md"))
	require.NoError(t, err)
	for _, c := range subjects {
		assert.Contains(t, string(page), "\n| "+c.name+" | ", "a row of each subject")
	}
	for _, c := range quickCases() {
		assert.Contains(t, out.String(), c.String())
		chart := strings.ReplaceAll(c.workload(), " ", "-")
		for _, name := range []string{chart + "-rate.svg", chart + "-cpu.svg"} {
			assert.Contains(t, string(page), "(benchmarks/"+name+")")
			drawn, err := os.ReadFile(filepath.Join(folder, "benchmarks", name))
			require.NoError(t, err)
			assert.Contains(t, string(drawn), "</svg>")
		}
	}
	for _, name := range []string{"depth 128, methods: rate beside C aio", "set 4 omap keys, fake library", "list omap as views"} {
		assert.Contains(t, string(page), name)
	}
	assert.NotContains(t, string(page), "NaN")

	out.Reset()
	require.NoError(t, run(t.Context(), &out, options{quick: true, conf: cluster.Conf(), cases: "^stat,"}))
	assert.Regexp(t, `(?m)^stat, depth 16 .*C aio \d+/s`, out.String())
	assert.NotContains(t, out.String(), "omap")
	assert.ErrorContains(t, run(t.Context(), &out, options{conf: cluster.Conf(), cases: "^stats"}), "no case")

	out.Reset()
	require.NoError(t, run(t.Context(), &out, options{quick: true, conf: cluster.Conf(), cases: "^stat,", with: []string{"GOMAXPROCS=1", "CEPH_ARGS=--ms_crc_data=false"}}))
	assert.Regexp(t, `(?m)^  methods, GOMAXPROCS=1 .*\)`, out.String(), "beside methods")
	assert.NotContains(t, out.String(), "C aio")
	assert.ErrorContains(t, run(t.Context(), &out, options{conf: cluster.Conf(), set: "none"}), "-set")

	out.Reset()
	err = run(t.Context(), &out, options{soak: 2 * time.Second, conf: cluster.Conf()})
	if err != nil {
		assert.EqualError(t, err, "memory grows", "two seconds are too few for memory to settle")
	}
	for _, name := range []string{"C aio", "methods"} {
		assert.Regexp(t, `(?m)^  `+name+` +\d+ MB`, out.String())
	}
}

func TestNoCluster(t *testing.T) {
	assert.ErrorContains(t, run(t.Context(), &strings.Builder{}, options{}), "no cluster")
}

func TestHistogram(t *testing.T) {
	h := new(histogram)
	assert.Zero(t, h.quantile(0.5))
	for n := range 1000 {
		h.add(time.Duration(n+1) * time.Microsecond)
	}
	h.add(-1)
	h.add(math.MaxInt64)
	assert.EqualValues(t, 1002, h.total())
	assert.InEpsilon(t, 500*time.Microsecond, h.quantile(0.5), 1.0/32)
	assert.InEpsilon(t, 990*time.Microsecond, h.quantile(0.99), 1.0/32)
	assert.InEpsilon(t, math.MaxInt64, h.quantile(1), 1.0/32)
	assert.Zero(t, h.quantile(0))
	h.reset()
	assert.Zero(t, h.total())
}

func TestMedianOfRatios(t *testing.T) {
	const c = "C aio"
	m := Measured{Subjects: subjects, Samples: map[string][]Sample{
		c:    {{Rate: 100}, {Rate: 10}, {Rate: 1000}, {Rate: 100}, {Rate: 100}},
		ours: {{Rate: 90}, {Rate: 9}, {Rate: 500}, {Rate: 10}, {Rate: 95}},
	}}
	assert.InDelta(t, 0.9, m.ratio(ours, rate), 1e-9, "within a round, not of the medians")
	assert.Equal(t, "0.90 (0.50–0.90)", m.beside(ours, rate))
	assert.InDelta(t, 90, m.median(ours, rate), 1e-9)
	assert.InDelta(t, 2.5, median([]float64{1, 2, 3, 4}), 1e-9)
	assert.Zero(t, median(nil))
}

func TestTargetResult(t *testing.T) {
	assert.Equal(t, "met", target{limit: 0.95, least: true, got: 0.95}.result())
	assert.Equal(t, "**missed by 20 %**", target{limit: 0.5, least: true, got: 0.4}.result())
	assert.Equal(t, "met", target{limit: 50, got: 50}.result())
	assert.Equal(t, "**missed by 10 %**", target{limit: 50, got: 55}.result())
	assert.Equal(t, "not measured", target{limit: 50, got: math.NaN()}.result())
}

func TestSoakCheck(t *testing.T) {
	soak := func(resident ...int) Soak {
		s := Soak{Samples: map[string][]Sample{}}
		for _, n := range resident {
			s.Samples[ours] = append(s.Samples[ours], Sample{Resident: n})
		}
		return s
	}
	assert.NoError(t, soak(50e6, 70e6, 90e6, 92e6, 90e6, 91e6).check())
	assert.Error(t, soak(50e6, 60e6, 70e6, 80e6, 90e6, 100e6).check())
	assert.NoError(t, soak(90e6).check())
	assert.NoError(t, soak().check())
}

// TestCasesAreBounded expects all objects, and all data in flight, to fit in the memory of a
// small machine.
func TestCasesAreBounded(t *testing.T) {
	stored := map[string]int{}
	all, err := caseSet("all")
	require.NoError(t, err)
	for _, c := range append(all, quickCases()...) {
		assert.LessOrEqual(t, c.Size*c.Depth, maxInFlight, c)
		assert.LessOrEqual(t, c.Objects, 10_000, "worker.h has room for 10,000 names: %s", c)
		for i := range c.Objects {
			stored[c.object(i)] = c.Size
		}
	}
	sum := 0
	for _, size := range stored {
		sum += size
	}
	assert.Less(t, sum, 256<<20)
}
