package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados/radostest"
)

// TestRun expects spans and metrics of the calls on a cluster.
func TestRun(t *testing.T) {
	pool := radostest.Pool(t)
	name, err := pool.GetPoolName()
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, run(radostest.Conn(t), name, &out))
	for _, want := range []string{
		`"Name":"WriteFull ` + name, `"Name":"Read ` + name, `"Name":"greet"`, `rados.version`,
		`db.client.operation.duration`, `rados.client.io`, `rados.client.max_calls`,
	} {
		assert.Contains(t, out.String(), want)
	}
}

func TestMain(m *testing.M) { radostest.Main(m) }
