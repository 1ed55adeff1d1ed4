package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlan(t *testing.T) {
	enterTree(t)

	text := gen(t, "plan", "IOContext.Stat")
	assert.Contains(t, text, "\nname: Stat\n")
	assert.Contains(t, text, "\n      - pos: ")
	assert.Contains(t, text, "\nguardedInC: true\n")
	assert.NotContains(t, text, "Conn.")

	var of struct {
		Function struct{ C, Spec string }
		Methods  []struct {
			Recv, Name string
			Calls      []struct {
				Args []struct {
					Role string
					Part struct{ CNames []string }
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(gen(t, "plan", "--json", "rados_trunc")), &of))
	assert.Equal(t, "int rados_trunc(rados_ioctx_t io, const char *oid, uint64_t size)", of.Function.C)

	require.NoError(t, json.Unmarshal([]byte(gen(t, "plan", "--json", "rados_stat")), &of))
	assert.Equal(t, "via IOContext.Stat", of.Function.Spec)
	require.Len(t, of.Methods, 1)
	assert.Equal(t, "IOContext", of.Methods[0].Recv)
	assert.Equal(t, "in-string", of.Methods[0].Calls[0].Args[1].Role)
	assert.Equal(t, []string{"o", "o_len", "o_own", "o_c"}, of.Methods[0].Calls[0].Args[1].Part.CNames)

	var all map[string]struct {
		Methods   []struct{ Name string }
		Functions []struct{ C string }
	}
	require.NoError(t, json.Unmarshal([]byte(gen(t, "plan", "--json")), &all))
	assert.Greater(t, len(all["librados"].Methods), 150)
	assert.Greater(t, len(all["librados"].Functions), 200)
	assert.Len(t, all["libradosstriper"].Functions, 38)
	_, other, _ := strings.Cut(gen(t, "plan"), "\nlibradosstriper:\n")
	assert.Contains(t, other, "\n  functions:\n")
	assert.Contains(t, gen(t, "plan", "Striper.Read"), "rados_striper_read")

	_, err := tryGen("plan", "IOContext.Stta")
	assert.EqualError(t, err, `there is no C function and no method IOContext.Stta; did you mean "IOContext.Stat"?`)
	_, err = tryGen("plan", "a", "b")
	assert.EqualError(t, err, "plan takes at most 1 argument; see go run ./gen help plan")
}
