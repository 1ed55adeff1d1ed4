package fakelibrados_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/misuse"
	"github.com/go-rados/go-rados/internal/test/waitsfor"
	"github.com/go-rados/go-rados/rados"
)

// The tests of this file are those of the libraries whose handles belong to an IOContext. Their functions come
// from the generated lists.

// planned is an exported function with its C function.
type planned struct {
	misuse.Function
	function string // the C function that it calls, or that of the method of which it is a form
	changes  bool
}

// forms are the words in the names of functions that are forms of others.
var forms = strings.NewReplacer("Context", "", "WithLayout", "", "Tasks.", "Striper.")

// forEachPlanned runs a test for each function of those libraries that calls one of C and can fail.
func forEachPlanned(t *testing.T, fits func(planned) bool, test func(*testing.T, *misuse.Fixture, planned)) {
	for _, folder := range misuse.Packages() {
		if folder == "rados" {
			continue // it has rows of methods
		}
		methods := make(map[string]waitsfor.Method)
		for _, m := range waitsfor.Methods(folder) {
			methods[m.Name] = m
		}
		for _, f := range misuse.Functions(folder) {
			m, listed := methods[f.Name]
			if !listed {
				m, listed = methods[forms.Replace(f.Name)]
			}
			if slices.Contains([]string{"Striper.Close", "Striper.Destroy", "Striper.Tasks"}, f.Name) {
				continue // they cannot fail
			}
			p := planned{f, m.C, m.Changes}
			if assert.True(t, listed, "no C function is known of %s", f.Name) && fits(p) {
				t.Run(f.Name, func(t *testing.T) { test(t, fixture(t), p) })
			}
		}
	}
}

// bare reports whether the errors of a function are bare: its name is one of the reference API.
func (p planned) bare() bool {
	return !strings.HasSuffix(p.Name, "Context") && !strings.HasPrefix(p.Name, "Tasks.")
}

// makes reports whether the C function makes an object: a handle or an iterator.
func (p planned) makes() bool {
	return slices.Contains([]string{"rados_striper_create", "rados_striper_getxattrs"}, p.function)
}

func every(planned) bool { return true }

// ordinary returns an ordinary call that the test ends.
func (p planned) ordinary(t *testing.T, s *misuse.Fixture) misuse.Call {
	call := s.Choices(p.Function).Ordinary()
	t.Cleanup(call.End)
	return call
}

// do makes a call and returns its error.
func do(t *testing.T, call misuse.Call) error {
	t.Helper()
	result := call.Do()
	require.NoError(t, result.Failure)
	t.Cleanup(result.End)
	return result.Err
}

// assertShape asserts that the error of a call on misuse.Object has the shape that the spec gives it, and returns
// the error in its ObjectError, or itself if it is bare.
func (p planned) assertShape(t *testing.T, err error) error {
	t.Helper()
	var named *rados.ObjectError
	if isNamed := errors.As(err, &named); p.bare() || !isNamed {
		assert.Equal(t, p.bare(), !isNamed, "%v", err)
		return err
	}
	assert.True(t, named.Op == p.Name || strings.HasSuffix(named.Op, "."+p.Name), "%v", err)
	assert.Equal(t, misuse.Object, named.Object, "%v", err)
	assert.Equal(t, misuse.Pool, named.Pool, "%v", err)
	return named.Err
}

func TestErrnosOfLibraries(t *testing.T) {
	forEachPlanned(t, every, func(t *testing.T, s *misuse.Fixture, p planned) {
		call := p.ordinary(t, s)
		before := fakelibrados.Calls(p.function)
		require.NoError(t, do(t, call))
		assert.Equal(t, before+1, fakelibrados.Calls(p.function))
		fakelibrados.Return(p.function, -int(syscall.EPERM))
		assert.Equal(t, rados.ErrPermissionDenied, p.assertShape(t, do(t, call)))
		if p.makes() {
			return // it would return success without the object
		}
		fakelibrados.Return(p.function, 1)
		assert.NoError(t, do(t, call), "a positive code")
	})
}

// TestNULsOfLibraries has a NUL in each text.
func TestNULsOfLibraries(t *testing.T) {
	forEachPlanned(t, every, func(t *testing.T, s *misuse.Fixture, p planned) {
		call := p.ordinary(t, s)
		for i, arg := range call.Args {
			if arg.Value.Kind() != reflect.String {
				continue
			}
			hostile := call
			hostile.Args = slices.Clone(call.Args)
			hostile.Args[i].Value = reflect.ValueOf(misuse.Cut + "\x00more").Convert(arg.Value.Type())
			sendsNothing(t, func() { assert.ErrorIs(t, do(t, hostile), rados.ErrNameContainsNUL) })
		}
	})
}

// TestContextsOfLibraries cancels calls that block in C: they return, and their outcome is unknown if they may
// change an object. What they use is freed when C has returned.
func TestContextsOfLibraries(t *testing.T) {
	withContext := func(p planned) bool { return len(p.Params) > 0 && p.Params[0] == "ctx" }
	forEachPlanned(t, withContext, func(t *testing.T, s *misuse.Fixture, p planned) {
		call := p.ordinary(t, s)
		reason := errors.New("reason")
		ctx, cancel := context.WithCancelCause(t.Context())
		call.Args[1].Value = reflect.ValueOf(ctx)
		done := begun(t, p.function, func() error { return call.Do().Err })
		cancel(reason)
		err := p.assertShape(t, <-done)
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorIs(t, err, reason)
		assert.Equal(t, p.changes, errors.Is(err, rados.ErrOutcomeUnknown), "%v", err)
		fakelibrados.Release(p.function)
		before := fakelibrados.Calls(p.function)
		err = p.assertShape(t, do(t, call))
		assert.ErrorIs(t, err, context.Canceled)
		assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown, "it was done before")
		assert.Equal(t, before, fakelibrados.Calls(p.function), "nothing is sent")
	})
}
