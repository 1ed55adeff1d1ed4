package emit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/gen/emit"
	"github.com/go-rados/go-rados/gen/internal/gentest"
)

const engineBase = `completions: {type: rados_done_t, new: rados_done, ended: rados_done_is, wait: rados_done_wait, value: rados_done_value, version: rados_done_version, cancel: rados_done_cancel, free: rados_done_free}
functions:
  rados_done: {via: IOContext.ok}
  rados_done_is: {via: IOContext.ok}
  rados_done_wait: {via: IOContext.ok}
  rados_done_value: {via: IOContext.ok}
  rados_done_version: {via: IOContext.ok}
  rados_done_cancel: {via: IOContext.ok}
  rados_done_free: {via: IOContext.ok}
  rados_start_ok: {private: IOContext.ok, sync: rados_ok, doc: ok does.}
  rados_ok: {via: IOContext.ok}
`

const engineHeader = `typedef void *rados_done_t;
typedef void (*rados_callback_t)(rados_done_t cb, void *arg);
int rados_done(void *arg, rados_callback_t complete, rados_done_t *pc);
int rados_done_is(rados_done_t c);
int rados_done_wait(rados_done_t c);
int rados_done_value(rados_done_t c);
uint64_t rados_done_version(rados_done_t c);
int rados_done_cancel(rados_ioctx_t io, rados_done_t c);
void rados_done_free(rados_done_t c);
int rados_start_ok(rados_ioctx_t io, rados_done_t c);
int rados_ok(rados_ioctx_t io);
`

// TestCompletionElse has releases that make a completion with one function, then with another:
// D6.
func TestCompletionElse(t *testing.T) {
	const old, new = "int rados_done(void *arg, rados_callback_t complete, rados_done_t *pc);\n", "int rados_done2(void *arg, rados_callback_t complete, rados_done_t *pc);\n"
	p := gentest.Plan(t, gentest.Load(t, "base"), gentest.Input{
		Name:   "s",
		Spec:   strings.Replace(engineBase, "new: rados_done,", "new: rados_done2, else: rados_done,", 1) + "  rados_done2: {via: IOContext.ok}\n",
		Header: strings.Replace(engineHeader, old, new, 1),
		Older:  engineHeader,
	})
	assert.Contains(t, emitted(t, p)["zz_librados.h"], `
	if (rados_done2)
		*ret = rados_done2(async, gorados_is_async(async) ? gorados_on_rados_callback_t : NULL, &completion);
	else if (rados_done)
		*ret = rados_done(async, gorados_is_async(async) ? gorados_on_rados_callback_t : NULL, &completion);
	else
		*ret = -ENOSYS;
`)
}

// TestCallbackWithoutFunction has a callback that the templates know nothing of.
func TestCallbackWithoutFunction(t *testing.T) {
	header := "typedef void (*rados_shout_t)(void *arg);\nint rados_a(rados_t cluster, rados_shout_t cb, void *arg);\n"
	p := gentest.Plan(t, gentest.Load(t, "base"), gentest.Input{Name: "s", Header: header, Older: header, Spec: `functions:
  rados_a: {private: Conn.a, args: {arg: {as: token}}, doc: a does.}`})
	_, err := emit.Files(p, gentest.Root)
	assert.EqualError(t, err, "s.yaml:2:3: Conn.a: templates/zz_engine.c.tmpl has no function gorados_on_rados_shout_t for librados to call")
}
