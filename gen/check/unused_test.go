package check_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/internal/gentest"
)

func TestUnusedThunks(t *testing.T) {
	p := gentest.Plan(t, gentest.Load(t, "base"), gentest.Input{
		Name: "s",
		Header: `int rados_a(rados_t cluster);
int rados_b(rados_t cluster, int n);
int rados_c(const char *name);
int rados_d(rados_t cluster);`,
		Older: `int rados_a(rados_t cluster);
int rados_b(rados_t cluster, int n);
int rados_c(const char *name);
int rados_d(rados_t cluster);`,
		Spec: `functions:
  rados_a: {private: Conn.a, doc: a does.}
  rados_b: {private: Conn.b, doc: b does., forms: {Conn.bare: {args: {n: 0}, doc: bare does.}}}
  rados_c: {private: c, doc: c does.}
methods:
  Conn.d: {steps: [{call: rados_d}], doc: d does.}`,
	})
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("rados", 0o777))
	const (
		a    = "s.yaml:2:3: Conn.a is private, and nothing that is written by hand in rados/ uses it"
		b    = "s.yaml:3:3: Conn.b is private, and nothing that is written by hand in rados/ uses it"
		bare = "s.yaml:3:52: Conn.bare is private, and nothing that is written by hand in rados/ uses it"
		c    = "s.yaml:4:3: c is private, and nothing that is written by hand in rados/ uses it"
		d    = "s.yaml:6:3: Conn.d is private, and nothing that is written by hand in rados/ uses it"
	)
	for _, test := range []struct {
		name, code string
		want       []string
	}{
		{"nothing", "", []string{a, b, bare, c, d}},
		{"all", "func (o *Op) Do() { o.conn.a(); o.conn.b(1); f := o.conn.bare; f(); _ = c(o.name); o.conn.d() }", nil},
		{"variables", "var x, y = c, (*Conn).a", []string{b, bare, d}},
		{"in arguments", "func F(o *Conn) { g(func() error { return o.b(len(c(o.d))) }) }", []string{a, bare}},
		{"declared, not used", "func c() {}\nfunc (o *Conn) a() {}\nvar b = 1\nfunc F(d int) {}", []string{a, b, bare, c, d}},
		{"other than a method", "func F() { a(); b(); bare() }", []string{a, b, bare, c, d}},
		{"other than a function", "func F(o *Op) { o.c() }", []string{a, b, bare, c, d}},
		{"comments and texts", "// a.b bare c .d\nvar _ = \"o.a() c()\"", []string{a, b, bare, c, d}},
	} {
		t.Run(test.name, func(t *testing.T) {
			write(t, "rados/op.go", "package rados\n\n"+test.code+"\n")
			err := check.UnusedThunks(".", p)
			if test.want == nil {
				require.NoError(t, err)
				return
			}
			assert.EqualError(t, err, strings.Join(test.want, "\n"))
		})
	}

	t.Run("generated and tests do not count", func(t *testing.T) {
		write(t, "rados/op.go", "package rados\n")
		all := "package rados\n\nfunc f(o *Conn) { o.a(); o.b(1); o.bare(); c(); o.d() }\n"
		write(t, "rados/zz_generated.go", all)
		write(t, "rados/op_test.go", all)
		assert.EqualError(t, check.UnusedThunks(".", p), strings.Join([]string{a, b, bare, c, d}, "\n"))
	})
	t.Run("no Go", func(t *testing.T) {
		write(t, "rados/op.go", "package rados\n\nfunc (\n")
		assert.ErrorContains(t, check.UnusedThunks(".", p), "rados/op.go:3:")
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}
