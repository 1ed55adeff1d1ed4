package cgen_test

import (
	"path/filepath"
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

// TestCompletionWithoutCancel has a library that neither cancels calls nor tells a version.
func TestCompletionWithoutCancel(t *testing.T) {
	p := gentest.Plan(t, gentest.Load(t, "base"), gentest.Input{
		Name:   "s",
		Spec:   strings.NewReplacer("version: rados_done_version, cancel: rados_done_cancel, ", "").Replace(gentest.CompletionSpec) + "  rados_done_version: {skip: it is not needed}\n  rados_done_cancel: {skip: it is not needed}\n",
		Header: gentest.CompletionHeader, Older: gentest.CompletionHeader,
	})
	header := gentest.Render(t, p).Header
	assert.NotContains(t, header, "rados_done_cancel")
	assert.NotContains(t, header, "rados_done_version")
	path := filepath.Join(t.TempDir(), "zz_library.h")
	write(t, path, header)
	gentest.CompileC(t, path, filepath.Dir(path))
}

// TestSymbols has a library whose generated C names begin otherwise than in the templates.
func TestSymbols(t *testing.T) {
	p := gentest.Plan(t, gentest.Load(t, "base"))
	own := *p.Library
	own.Symbols = "gokite_"
	p.Library = &own
	for name, text := range gentest.Render(t, p).Files() {
		assert.NotContains(t, strings.ToLower(text), "gorados_", name)
	}
}
