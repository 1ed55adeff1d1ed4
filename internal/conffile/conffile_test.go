package conffile

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestUnsafe: what the parser of Ceph 16.2 was seen to do, aborts (a line) or not (0).
func TestUnsafe(t *testing.T) {
	for text, line := range map[string]int{
		"":                         0,
		"[global]\nhost = a\x7f\n": 0,
		"# ü\n; ü\n[global] # ü\nhost = a # ü\n  # ü": 0,
		"[global]\nhost = a;ü\n":                      0,
		"[global]\nhost = \"ü\" # ü\nhost='ü'\n":      0,
		"[global]\nhost = a \"z # ü\n":                0,
		"[global]\nhost = don't # ü\n":                0,
		"[global]\nhost = a\\\\# ü\n":                 0,
		"[global]\nhost = a \\\n# ü\n":                0,
		"[global]\r\nhost = a\r\n# ü\r\n":             0,
		"[global]\nhost = \"a # ü\n":                  0,
		"\ufeff[global]\n":                            1,
		"[global]\nhost = ü\n":                        2,
		"[global]\n# a \\\nü\n":                       3,
		"[global]\nhost = a\\# ü\n":                   2,
		"[global]\nhost =\u00a0a\n":                   2,
		"[ü]\n":                                       1,
		"[global]\n\n\nü = a\n":                       4,
		"[global]\nhost = \"a\" ü\n":                  2,
		"[global]\nhost = a\\\n ü\n":                  3,
		"[global]\nhost = a # b\rü\n":                 2,
		"[='\x01ü # ;\n":                              1,
	} {
		assert.Equal(t, line, Unsafe([]byte(text)), "%q", text)
	}
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		return path
	}
	unsafe, safe := write("unsafe", "[a]\nü\n"), write("safe", "[a]\n")
	for _, check := range []func([]string) (string, int){Check, CheckKeyring} {
		path, line := check([]string{dir + "/none", dir, unsafe, safe})
		assert.Equal(t, unsafe, path)
		assert.Equal(t, 2, line)
		_, line = check([]string{safe, unsafe})
		assert.Zero(t, line, "only the first is read")
		_, line = check(nil)
		assert.Zero(t, line)
	}
	binaryKeyring := string(binary.LittleEndian.AppendUint32([]byte{1}, 1)) + strings.Repeat("\xff", 33)
	_, line := CheckKeyring([]string{write("binary", binaryKeyring)})
	assert.Zero(t, line)
	_, line = CheckKeyring([]string{write("UTF-16", "\xff\xfe[\x00a\x00]\x00\n\x00")})
	assert.Equal(t, 1, line)
}

func TestKeyring(t *testing.T) {
	path := filepath.Join(t.TempDir(), "conf")
	require.NoError(t, os.WriteFile(path, []byte(
		"[global]\nkeyring = /g # c\n[client]\n keyring='/c;d'\n keyring = \"/e\"\n[ client.x ]\nkeyring=/x;\n[osd]\nkeyring = /o\n"), 0o666))
	for section, want := range map[string]string{"global": "/g", "client": "/e", "client.x": "/x", "osd": "/o", "mon": ""} {
		assert.Equal(t, want, Keyring([]string{path}, []string{section}))
	}
	assert.Equal(t, "/e", Keyring([]string{path}, []string{"client.y", "client", "global"}))
}

func TestSplit(t *testing.T) {
	assert.Equal(t, []string{"/a b", "c", "d=e\tf"}, Split("/a b,;c,d=e\tf"))
	assert.Empty(t, Split(""))
}

// TestExpand: what librados was seen to open.
func TestExpand(t *testing.T) {
	value := func(name string) (string, bool) {
		text, ok := map[string]string{"cluster": "zz", "name": "client.zoe", "type": "client", "id": "zoe", "home": "/home"}[name]
		return text, ok
	}
	for path, want := range map[string]string{
		"$cluster-$name":                   "zz-client.zoe",
		"$type$id":                         "clientzoe",
		"${cluster}x$nosuch-$$cluster-$cl": "zzx$nosuch-$zz-$cl",
		"$Cluster-$cluster_x-$cluster1":    "$Cluster-$cluster_x-zz1",
		"q-$home-x":                        "/home-x", // it drops what precedes
		"/x/${home}y":                      "/homey",
		"a$$b$":                            "a$$b$",
	} {
		assert.Equal(t, want, Expand(path, value), path)
	}
}

func TestIdentity(t *testing.T) {
	cluster, name, ok := Identity("/var/log/ceph/a-b-client.c-d", "/var/lib/ceph/mgr/a-b-c-d")
	assert.True(t, ok)
	assert.Equal(t, []string{"a-b", "client.c-d"}, []string{cluster, name})
	_, _, ok = Identity("/x", "/y")
	assert.False(t, ok)
}

// FuzzUnsafe: a comment hides unsafe bytes, and ASCII is safe. Package rados has a fuzz test
// with librados itself.
func FuzzUnsafe(f *testing.F) {
	for _, text := range []string{"[global]\nhost = ü\n", "a=\"ü\"\n", "a='b\\\nü", "# ü\r\n[ü]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line := Unsafe([]byte(text))
		assert.Positive(t, Unsafe([]byte("ü"+text)))
		assert.LessOrEqual(t, line, 1+strings.Count(text, "\n"))
		ascii := strings.Map(func(r rune) rune { return r & 0x7f }, text)
		assert.Zero(t, Unsafe([]byte(ascii)))
		oneLine := strings.NewReplacer("\n", "", "\r", "").Replace(text)
		assert.Zero(t, Unsafe([]byte("#"+oneLine)))
	})
}
