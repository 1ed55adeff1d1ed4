package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHelp(t *testing.T) {
	out := gen(t, "help")
	assert.Equal(t, out, gen(t))
	assert.Equal(t, out, gen(t, "--help"))
	for _, c := range commands() {
		assert.Contains(t, out, "\n  "+c.name+" ")
		long := gen(t, "help", c.name)
		assert.Contains(t, long, "go run ./gen "+c.name)
		assert.Equal(t, long, gen(t, c.name, "--help"))
		assert.Greater(t, strings.Count(long, "\n"), 2)
		for line := range strings.Lines(long) {
			assert.LessOrEqual(t, len(line), 90, line)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"generat", `there is no command "generat"; did you mean "generate"?`},
		{"help chek", `there is no command "chek"; did you mean "check"?`},
		{"frobnicate", `there is no command "frobnicate"; see go run ./gen help`},
		{"generate --haeder x", "generate: flag provided but not defined: -haeder; see go run ./gen help generate"},
		{"generate --header", "generate: flag needs an argument: -header; see go run ./gen help generate"},
		{"generate x.h", "generate takes no arguments, not x.h; see go run ./gen help generate"},
		{"check now", "check takes no arguments, not now; see go run ./gen help check"},
		{"snapshot x.h", "snapshot needs --release; see go run ./gen help snapshot"},
		{"snapshot --release 1.2", "snapshot takes 1 argument, not 0; see go run ./gen help snapshot"},
		{"diff 14.2", "diff takes 2 arguments, not 1; see go run ./gen help diff"},
		{"explain", "explain needs a function; see go run ./gen help explain"},
		{"coverage --all", "coverage: flag provided but not defined: -all; see go run ./gen help coverage"},
	} {
		_, err := tryGen(strings.Fields(c.args)...)
		assert.EqualError(t, err, c.want)
		assert.IsType(t, usageError(""), err)
	}
}
