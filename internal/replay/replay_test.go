package replay

import (
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/internal/test/await"
)

// object records its settings, in order.
type object struct{ set []string }

func to(value string) func(*object) error {
	return func(o *object) error {
		o.set = append(o.set, value)
		return nil
	}
}

func TestApply(t *testing.T) {
	var s Settings[object]
	var o object
	assert.NoError(t, s.Apply(&o))
	assert.Empty(t, o.set, "there are none at first")

	s.Record("a", to("a1"))
	s.Record("b", to("b1"))
	assert.NoError(t, s.Apply(&o))
	assert.Equal(t, []string{"a1", "b1"}, o.set)

	o.set = nil
	s.Record("a", to("a2"))
	s.Record("a", to("a3"))
	assert.NoError(t, s.Apply(&o))
	assert.Equal(t, []string{"b1", "a3"}, o.set, "the last of each name, in the order in which they were set")
}

func TestApplyExcept(t *testing.T) {
	var s Settings[object]
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} { // more than there is room for
		s.Record(name, to(name))
	}
	s.Record("b", to("b2"))
	var o object
	assert.NoError(t, s.ApplyExcept("c", &o))
	assert.Equal(t, []string{"a", "d", "e", "f", "b2"}, o.set)
	o.set = nil
	assert.NoError(t, s.ApplyExcept("none", &o))
	assert.Equal(t, []string{"a", "c", "d", "e", "f", "b2"}, o.set)
}

func TestApplyStops(t *testing.T) {
	var s Settings[object]
	var o object
	bad := errors.New("bad")
	s.Record("a", to("a"))
	s.Record("b", func(*object) error { return bad })
	s.Record("c", to("c"))
	assert.Equal(t, bad, s.Apply(&o))
	assert.Equal(t, []string{"a"}, o.set)
}

// TestApplyFromWithin records a setting of the object while its settings are applied to a
// copy, as a setter of the same object would.
func TestApplyFromWithin(t *testing.T) {
	var s Settings[object]
	s.Record("a", func(o *object) error {
		s.Record("b", to("b"))
		return to("a")(o)
	})
	var o object
	assert.NoError(t, s.Apply(&o))
	assert.Equal(t, []string{"a"}, o.set)
	assert.NoError(t, s.Apply(&o))
	assert.Equal(t, []string{"a", "a", "b"}, o.set)
}

func TestConcurrent(t *testing.T) {
	var s Settings[object]
	var wg await.Group
	for i := range 8 {
		name := strconv.Itoa(i)
		wg.Go(func() {
			for range 100 {
				s.Record(name, to(name))
				var o object
				assert.NoError(t, s.Apply(&o))
				assert.Contains(t, o.set, name)
			}
		})
	}
	wg.Wait()
	var o object
	assert.NoError(t, s.Apply(&o))
	assert.ElementsMatch(t, []string{"0", "1", "2", "3", "4", "5", "6", "7"}, o.set)
}
