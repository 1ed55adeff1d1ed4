package cgen_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/gen/internal/gentest"
)

// TestRunTime has a library without completions and callbacks, and one with each.
func TestRunTime(t *testing.T) {
	files := func(inputs ...gentest.Input) []string {
		return slices.Sorted(maps.Keys(gentest.Render(t, gentest.Plan(t, inputs...)).Files()))
	}
	base := gentest.Load(t, "base")
	plain := files(base)
	without := func(list []string) []string {
		return slices.DeleteFunc(list, func(name string) bool { return slices.Contains(plain, name) })
	}
	completion := gentest.Input{Name: "s", Spec: gentest.CompletionSpec, Header: gentest.CompletionHeader, Older: gentest.CompletionHeader}
	assert.Equal(t, []string{"zz_aio.c", "zz_aio.h", "zz_memory.h", "zz_operation.h"}, without(files(base, completion)))
	assert.Equal(t, []string{"zz_callbacks.c", "zz_callbacks.h", "zz_events.c", "zz_events.h", "zz_memory.h"}, without(files(base, gentest.Load(t, "callback"))))
}
