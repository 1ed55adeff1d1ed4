package release_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

// TestABI merges two declarations of two releases each.
func TestABI(t *testing.T) {
	const none, sameWidth, otherSign, conflict = "", "same width", "other sign", "conflict"
	for name, c := range map[string]struct{ old, new, want string }{
		"top-level const": {
			"func int rados_a(const size_t n, char *const p)\n", "func int rados_a(size_t n, char *p)\n", none,
		},
		"const of the target": {
			"func int rados_a(char *p)\n", "func int rados_a(const char *p)\n", sameWidth,
		},
		"typedef of a number": {
			"func int rados_a(uint64_t id)\n", "func int rados_a(rados_id_t id)\ntypedef rados_id_t = uint64_t\n", none,
		},
		"typedef of a typedef": {
			"func int rados_a(rados_a_t id)\ntypedef rados_a_t = uint64_t\n",
			"func int rados_a(rados_b_t id)\ntypedef rados_b_t = rados_c_t\ntypedef rados_c_t = unsigned long\n", none,
		},
		"spelling of a number": {
			"func int rados_a(uint64_t a, int b, char *c)\n", "func int rados_a(unsigned long long a, int32_t b, signed char *c)\n", none,
		},
		"sign": {
			"func int rados_a(uint64_t n)\n", "func int rados_a(int64_t n)\n", otherSign,
		},
		"sign of a target": {
			"func int rados_a(uint64_t *n)\n", "func int rados_a(int64_t *n)\n", otherSign,
		},
		"sign of a typedef": {
			"func int rados_a(rados_id_t n)\ntypedef rados_id_t = uint64_t\n", "func int rados_a(rados_id_t n)\ntypedef rados_id_t = int64_t\n", otherSign,
		},
		"width": {
			"func int rados_a(int n)\n", "func int rados_a(int64_t n)\n", conflict,
		},
		"width of the result": {
			"func int rados_a(void)\n", "func int64_t rados_a(void)\n", conflict,
		},
		"number of parameters": {
			"func int rados_a(void)\n", "func int rados_a(int n)\n", conflict,
		},
		"floating point": {
			"func int rados_a(float n)\n", "func int rados_a(int n)\n", conflict,
		},
		"an enum": {
			"func int rados_a(unsigned int n)\n", "func int rados_a(rados_kind_t n)\ntypedef rados_kind_t = enum\n", none,
		},
		"new name of a handle": {
			"func int rados_a(rados_old_t h)\ntypedef rados_old_t = void *\n", "func int rados_a(rados_new_t h)\ntypedef rados_new_t = void *\n", none,
		},
		"another handle": {
			"func int rados_a(rados_old_t h)\ntypedef rados_new_t = void *\ntypedef rados_old_t = void *\n",
			"func int rados_a(rados_new_t h)\ntypedef rados_new_t = void *\ntypedef rados_old_t = void *\n", conflict,
		},
		"a handle that was a number": {
			"func int rados_a(uint64_t h)\n", "func int rados_a(rados_new_t h)\ntypedef rados_new_t = void *\n", conflict,
		},
		"the target of a void pointer": {
			"func int rados_a(void *p)\n", "func int rados_a(char *p)\n", sameWidth,
		},
		"new name of a callback": {
			"callback rados_old_cb = void (*)(void *arg)\nfunc int rados_a(rados_old_cb cb)\n",
			"callback rados_new_cb = void (*)(void *data)\nfunc int rados_a(rados_new_cb cb)\n", none,
		},
		"a callback without a name": {
			"func int rados_a(void (*old)(void *arg))\n", "func int rados_a(void (*new)(void *arg))\n", none,
		},
		"a callback that gets a name": {
			"func int rados_a(void (*old)(void *arg))\n",
			"callback rados_cb = void (*)(void *data)\nfunc int rados_a(rados_cb cb)\n", none,
		},
		"a callback without a name that gets more": {
			"func int rados_a(void (*cb)(void *arg))\n", "func int rados_a(void (*cb)(void *arg, int n))\n", conflict,
		},
		"a callback that gets more": {
			"callback rados_cb = void (*)(void *arg)\nfunc int rados_a(rados_cb cb)\n",
			"callback rados_cb = void (*)(void *arg, int n)\nfunc int rados_a(rados_cb cb)\n", conflict,
		},
		"new name of a struct": {
			"func int rados_a(struct rados_old *s)\nlayout struct rados_old: 4 bytes\nlayout struct rados_old: at 0: int n\n",
			"func int rados_a(struct rados_new *s)\nlayout struct rados_new: 4 bytes\nlayout struct rados_new: at 0: int n\n", none,
		},
		"a struct that grows": {
			"layout struct rados_s: 4 bytes\nlayout struct rados_s: at 0: int n\n",
			"layout struct rados_s: 8 bytes\nlayout struct rados_s: at 0: int n\nlayout struct rados_s: at 4: int m\n", none,
		},
		"a struct that shrinks": {
			"layout struct rados_s: 8 bytes\nlayout struct rados_s: at 0: int n\nlayout struct rados_s: at 4: int m\n",
			"layout struct rados_s: 4 bytes\nlayout struct rados_s: at 0: int n\n", none,
		},
		"a field in front": {
			"layout struct rados_s: 4 bytes\nlayout struct rados_s: at 0: int n\n",
			"layout struct rados_s: 8 bytes\nlayout struct rados_s: at 0: int m\nlayout struct rados_s: at 4: int n\n", sameWidth,
		},
		"a field that moves": {
			"layout struct rados_s: 8 bytes\nlayout struct rados_s: at 0: int a\nlayout struct rados_s: at 4: int b\n",
			"layout struct rados_s: 16 bytes\nlayout struct rados_s: at 0: int a\nlayout struct rados_s: at 8: int b\nlayout struct rados_s: at 12: int c\n", conflict,
		},
		"a reserved field": {
			"layout struct rados_s: 16 bytes\nlayout struct rados_s: at 0: int a\nlayout struct rados_s: at 4: int reserved[3]\n",
			"layout struct rados_s: 16 bytes\nlayout struct rados_s: at 0: int a\nlayout struct rados_s: at 4: int b\nlayout struct rados_s: at 8: int reserved[2]\n", sameWidth,
		},
		"a larger struct with the same fields": {
			"layout struct rados_s: 4 bytes\nlayout struct rados_s: at 0: int n\n",
			"layout struct rados_s: 8 bytes\nlayout struct rados_s: at 0: int n\n", conflict,
		},
		"an enumerator that becomes a macro": {"enum LIBRADOS_A = 1\n", "macro LIBRADOS_A = 1\n", none},
		"a constant with another value":      {"enum LIBRADOS_A = 1\n", "enum LIBRADOS_A = 2\n", conflict},
		"a function with variable arguments": {
			"func int rados_a(int n)\n", "unsupported rados_a: variable arguments are not supported\n", conflict,
		},
	} {
		t.Run(name, func(t *testing.T) {
			u := release.Merge([]*model.API{read(t, textOf("9.2", c.old)), read(t, textOf("10.2", c.new))})
			got := none
			for _, found := range u.Conflicts {
				switch got = sameWidth; {
				case found.OtherSign:
					got = otherSign
				case !found.SameWidth:
					got = conflict
				}
			}
			assert.Equal(t, c.want, got, "%v", u.Conflicts)
		})
	}
}

// TestGrowingStruct expects the largest declaration of a struct, and the releases of its fields.
func TestGrowingStruct(t *testing.T) {
	const small, large = "layout struct rados_s: 4 bytes\nlayout struct rados_s: at 0: int n\n",
		"layout struct rados_s: 8 bytes\nlayout struct rados_s: at 0: int n\nlayout struct rados_s: at 4: int m\n"
	u := release.Merge([]*model.API{read(t, textOf("9.2", small)), read(t, textOf("10.2", large)), read(t, textOf("11.2", small))})
	e := u.Struct("struct rados_s")
	assert.Equal(t, 8, e.Decl.Size)
	assert.True(t, release.Varies(e))
	assert.Equal(t, []string{"9.2", "10.2", "11.2"}, release.FieldHas(e, "n"))
	assert.Equal(t, []string{"10.2"}, release.FieldHas(e, "m"))
}
