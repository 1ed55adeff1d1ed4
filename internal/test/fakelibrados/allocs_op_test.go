package fakelibrados_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// TestFewAllocations: operations are recorded in Go, which costs some, but no more for
// many keys than for few.
func TestFewAllocations(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Quick(true)
	defer fakelibrados.Quick(false)
	few, many := map[string][]byte{}, map[string][]byte{}
	for _, key := range []string{"a", "b", "c", "d"} {
		few[key] = data
		for _, other := range []string{"a", "b", "c", "d"} {
			many[key+other] = make([]byte, 100)
		}
	}
	setOmap := func(pairs map[string][]byte) func() {
		return func() {
			op := rados.CreateWriteOp()
			op.SetOmap(pairs)
			if err := op.Operate(ioctx, "object", 0); err != nil {
				t.Error(err)
			}
		}
	}
	buffer := make([]byte, 64)
	read := func() {
		op := rados.CreateReadOp()
		op.Read(0, buffer)
		if err := op.Operate(ioctx, "object", 0); err != nil {
			t.Error(err)
		}
	}
	assert.LessOrEqual(t, testing.AllocsPerRun(100, setOmap(few)), 3.0)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, setOmap(many)), 3.0)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, read), 5.0)
}
