package main

import (
	"encoding/json"
	"log"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
)

func TestMain(m *testing.M) {
	if err := fakelibrados.Load(); err != nil {
		log.Fatal(err)
	}
	m.Run()
}

// TestReport runs the program, without regard to the numbers.
func TestReport(t *testing.T) {
	defer fakelibrados.Quick(false)
	var out strings.Builder
	require.NoError(t, run(&out, 3, 10, printed))
	assert.Regexp(t, `(?m)^ +Stat( +-?\d+\.\d+){6} +0 +(met|missed)$`, out.String())
	assert.Regexp(t, `(?m)^ +Iter\.Next( +\d+(\.\d+)?){5}$`, out.String())
}

func TestJSON(t *testing.T) {
	defer fakelibrados.Quick(false)
	var out strings.Builder
	require.NoError(t, run(&out, 1, 10, encoded))
	var all Calls
	require.NoError(t, json.Unmarshal([]byte(out.String()), &all))
	names := map[string]bool{}
	for _, c := range all.Calls {
		names[c.Name] = true
		assert.Positive(t, c.NS, c.Name)
	}
	for _, o := range all.Ops {
		names[o.Name] = true
		assert.Positive(t, o.NS, o.Name)
	}
	for _, name := range []string{bareCall, "Read", "SetOmap of 4", "OmapViews, a key"} {
		assert.True(t, names[name], name)
	}
}

func BenchmarkCalls(b *testing.B) {
	ioctx, err := open()
	require.NoError(b, err)
	fakelibrados.Quick(true)
	defer fakelibrados.Quick(false)
	for _, c := range calls(ioctx) {
		b.Run(c.name+"/one", func(b *testing.B) {
			b.ReportAllocs()
			c.run(b.N)
		})
		b.Run(c.name+"/two", func(b *testing.B) {
			b.ReportAllocs()
			var wg await.Group
			for range 2 {
				wg.Go(func() { c.run(b.N) })
			}
			wg.Wait()
		})
	}
	for _, o := range ops(ioctx) {
		b.Run(o.name, func(b *testing.B) {
			b.ReportAllocs()
			o.ours(b.N)
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(o.items), "ns/item")
		})
	}
}
