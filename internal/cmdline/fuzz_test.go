package cmdline

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// FuzzFatal: what librados is to see of a command line is its beginning, and only that
// decides whether it is let through. Package rados has a fuzz test with librados itself.
func FuzzFatal(f *testing.F) {
	for _, line := range []string{"program -m", "program -- -m", "program --mon-host=a --show-conf", "-- x --bind y"} {
		f.Add(line, " ")
	}
	f.Fuzz(func(t *testing.T, line, separator string) {
		argv := strings.Split(line, separator)
		heeded := Effective(argv)
		assert.True(t, slices.Equal(argv[:len(heeded)], heeded))
		if len(argv) == 0 {
			return
		}
		fatal := Fatal(argv[1:])
		assert.Equal(t, fatal, Fatal(heeded[1:]))
		if !slices.Contains(argv[1:], "--") {
			assert.True(t, Fatal(append(slices.Clone(argv[1:]), "--show-conf")), "nothing hides what is fatal")
			assert.True(t, Fatal(append(slices.Clone(argv[1:]), "-m")))
		}
	})
}
