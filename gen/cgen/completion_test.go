package cgen_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/gen/cgen"
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

// TestCallbackWithoutFunction has a callback for which the C run time has no function.
func TestCallbackWithoutFunction(t *testing.T) {
	header := "typedef void (*rados_shout_t)(void *arg);\nint rados_a(rados_t cluster, rados_shout_t cb, void *arg);\n"
	p := gentest.Plan(t, gentest.Load(t, "base"), gentest.Input{Name: "s", Header: header, Older: header, Spec: `functions:
  rados_a: {private: Conn.a, args: {arg: {as: token}}, doc: a does.}`})
	_, err := cgen.Render(p, filepath.Join(gentest.Root, "templates"))
	assert.EqualError(t, err, "s.yaml:2:3: Conn.a: templates/runtime/callbacks.c has no function gorados_on_rados_shout_t for librados to call")
}
