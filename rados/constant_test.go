package rados_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

// TestConstantNames formats every constant of every type that is a set of flags or an
// enumeration.
func TestConstantNames(t *testing.T) {
	types := map[string]func(uint64) fmt.Stringer{
		"AllocHintFlags": func(v uint64) fmt.Stringer { return rados.AllocHintFlags(v) },
		"ChecksumType":   func(v uint64) fmt.Stringer { return rados.ChecksumType(v) },
		"CompareOp":      func(v uint64) fmt.Stringer { return rados.CompareOp(v) },
		"CreateOption":   func(v uint64) fmt.Stringer { return rados.CreateOption(v) },
		"LockFlags":      func(v uint64) fmt.Stringer { return rados.LockFlags(v) },
		"OperationFlags": func(v uint64) fmt.Stringer { return rados.OperationFlags(v) },
		"OpFlags":        func(v uint64) fmt.Stringer { return rados.OpFlags(v) },
	}
	list, err := os.ReadFile("testdata/exported.txt")
	require.NoError(t, err)
	seen := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^pkg rados, const (\w+) (untyped int|\w+) = (\d+)$`).FindAllStringSubmatch(string(list), -1) {
		name, typ := m[1], m[2]
		if typ == "untyped int" && strings.HasPrefix(name, "Create") {
			typ = "CreateOption"
		}
		if typ == "SnapID" {
			continue // a number, one value of which has a name
		}
		value, err := strconv.ParseUint(m[3], 10, 64)
		require.NoError(t, err)
		if assert.Contains(t, types, typ, "string of the group of %s in the spec", name) {
			assert.Equal(t, name, types[typ](value).String())
		}
		seen[typ] = true
	}
	assert.Len(t, seen, len(types))
}

func TestConstantCombinations(t *testing.T) {
	for want, v := range map[string]any{
		"OperationBalanceReads|OperationFullTry": rados.OperationFullTry | rados.OperationBalanceReads,
		"OperationFullTry|0x400":                 rados.OperationFullTry | 0x400,
		"0x8000":                                 rados.OpFlags(1 << 15),
		"0":                                      rados.LockFlags(0),
		"LockMayRenew|LockMustRenew":             rados.LockMayRenew | rados.LockMustRenew,
		"CompareOp(99)":                          rados.CompareOp(99),
		"CreateOption(-1)":                       rados.CreateOption(-1),
	} {
		assert.Equal(t, want, fmt.Sprint(v))
	}
	assert.Equal(t, "65", fmt.Sprintf("%d", rados.OperationFullTry|rados.OperationBalanceReads))
}
