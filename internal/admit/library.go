package admit

import (
	"fmt"
	"runtime"
	"strconv"
)

const (
	// minSubmit is the least number of calls that may be handed to librados at the same time.
	minSubmit = 8
	// maxProbes bounds the probes of lost watches that are in flight.
	maxProbes = 64
)

// Config has the configuration of librados.
type Config interface {
	GetConfigOption(name string) (string, error)
	SetConfigOption(name, value string) error
}

// option is an option by which librados bounds its calls. Past that bound it blocks the thread of
// each call.
type option struct {
	name     string
	def      int64 // the value unless it is configured
	headroom int64 // for calls that InFlight does not count
}

var (
	callsOption = option{"objecter_inflight_ops", 1024, 64}
	bytesOption = option{"objecter_inflight_op_bytes", 100 << 20, 32 << 20}
)

// Configure keeps the bounds of librados above InFlight, and sets the limits that can't be
// configured. More calls in Submit would only wait for one another in librados' locks.
func (c *Conn) Configure(config Config) {
	c.Submit.SetMax(max(minSubmit, 2*runtime.GOMAXPROCS(0)), 0)
	c.Probes.SetMax(maxProbes, 0)
	c.Retained.SetMax(maxRetained, 0)
	inFlight, bytes := c.InFlight.Max()
	c.InFlight.SetMax(int(callsOption.reserve(config, int64(inFlight))), bytesOption.reserve(config, bytes))
}

// reserve raises the option above wanted and returns wanted, or returns how much less the option
// allows if it is configured.
func (o option) reserve(config Config, wanted int64) int64 {
	text, err := config.GetConfigOption(o.name)
	if err != nil {
		return wanted
	}
	configured, err := strconv.ParseInt(text, 10, 64)
	if err != nil || configured <= 0 { // which stands for no bound
		return wanted
	}
	if configured == o.def && wanted > configured-o.headroom &&
		config.SetConfigOption(o.name, fmt.Sprint(wanted+o.headroom)) == nil {
		return wanted
	}
	return min(wanted, configured-min(o.headroom, configured/2))
}
