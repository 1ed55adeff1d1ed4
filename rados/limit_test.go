package rados

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMakeRoom expects the limits of calls in flight to be below those of librados, which the
// program may have set.
func TestMakeRoom(t *testing.T) {
	for name, c := range map[string]struct {
		configured, max string // what they are
		calls, most     int    // SetMaxInFlight and what comes of it
	}{
		"as usual":                   {"", "1088", 0, 1024},
		"less":                       {"", "1024", 100, 100},
		"more":                       {"", "5064", 5000, 5000},
		"configured":                 {"500", "500", 0, 436},
		"configured, and less":       {"500", "500", 100, 100},
		"configured to next to none": {"10", "10", 0, 5},
		"configured to one":          {"1", "1", 0, 1},
		"configured to any number":   {"0", "0", 2000, 2000},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := NewConn()
			require.NoError(t, err)
			defer conn.Shutdown()
			if c.configured != "" {
				require.NoError(t, conn.SetConfigOption("objecter_inflight_ops", c.configured))
			}
			require.NoError(t, conn.SetMaxInFlight(c.calls, 0))
			for range 2 { // Connect can fail, and be called again
				conn.admission.Configure(conn)
				calls, bytes := conn.admission.InFlight.Max()
				assert.Equal(t, c.most, calls)
				assert.EqualValues(t, 100<<20, bytes)
				max, err := conn.GetConfigOption("objecter_inflight_ops")
				require.NoError(t, err)
				assert.Equal(t, c.max, max)
			}
			max, err := conn.GetConfigOption("objecter_inflight_op_bytes")
			require.NoError(t, err)
			assert.Equal(t, "138412032", max)
		})
	}
}
