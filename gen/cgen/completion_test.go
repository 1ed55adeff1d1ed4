package cgen_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/gen/internal/gentest"
)

// TestCompletionElse has releases that make a completion with one function, then with another:
// D6.
func TestCompletionElse(t *testing.T) {
	const old, new = "int rados_done(void *arg, rados_callback_t complete, rados_done_t *pc);\n", "int rados_done2(void *arg, rados_callback_t complete, rados_done_t *pc);\n"
	p := gentest.Plan(t, gentest.Load(t, "base"), gentest.Input{
		Name:   "s",
		Spec:   strings.Replace(gentest.CompletionSpec, "new: rados_done,", "new: rados_done2, else: rados_done,", 1),
		Header: strings.Replace(gentest.CompletionHeader, old, new, 1),
		Older:  gentest.CompletionHeader,
	})
	assert.Contains(t, gentest.Render(t, p).Header, `
	if (rados_done2)
		return rados_done2(arg, callback, completion);
	if (!rados_done)
		return -ENOSYS;
	return rados_done(arg, callback, completion);
`)
}
