package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	cephPath  = "github.com/ceph/go-ceph"
	radosPath = "github.com/go-rados/go-rados"
)

// TestImportPath moves a program with the commands of docs/MIGRATING.md, and back. Instead of a proxy there
// are folders: this checkout, and a small go-ceph.
func TestImportPath(t *testing.T) {
	if _, err := os.Stat("/usr/include/rados/librados.h"); err != nil {
		t.Skip("needs the header of librados")
	}
	commands := commandsOf(t, "By import path")
	program := filepath.Join(t.TempDir(), "program")
	require.NoError(t, os.CopyFS(program, os.DirFS("testdata/program")))
	for name, value := range map[string]string{"GOPROXY": "off", "GOSUMDB": "off", "GOFLAGS": "-buildvcs=false -tags=ceph_preview", "GOWORK": "off"} {
		t.Setenv(name, value)
	}
	sh := func(command string) string {
		t.Helper()
		cmd := exec.Command("bash", "-euo", "pipefail", "-c", command)
		cmd.Dir = program
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s\n%s", command, out)
		return string(out)
	}
	for path, folder := range map[string]string{cephPath: "cmd/adopt/testdata/go-ceph-v0.2.0", radosPath: "."} {
		dir, err := filepath.Abs(filepath.Join(root, folder))
		require.NoError(t, err)
		sh("go mod edit -replace '" + path + "=" + dir + "'")
	}
	// compiled compiles the program, and expects it to use the packages of one module and not of another.
	compiled := func(uses, not string) {
		t.Helper()
		sh("go vet ./...")
		deps := sh("go list -deps ./...")
		for _, folder := range []string{"/rados\n", "/rados/striper\n"} {
			assert.Contains(t, deps, uses+folder)
		}
		assert.NotContains(t, deps, not)
		assert.NotContains(t, sh("go list -m all"), not+" ")
	}
	before := sources(t, program)
	compiled(cephPath, radosPath)

	sh(strings.Join(commands, "\n"))
	assert.NotContains(t, sources(t, program), cephPath)
	compiled(radosPath, cephPath)

	back := strings.NewReplacer(cephPath, radosPath, radosPath, cephPath)
	sh(back.Replace(commands[1]) + "go mod tidy")
	assert.Equal(t, before, sources(t, program))
	compiled(cephPath, radosPath)
}

// commandsOf returns the commands of the first block in a section of docs/MIGRATING.md.
func commandsOf(t *testing.T, heading string) []string {
	_, text, found := strings.Cut(read(t, "docs/MIGRATING.md"), "\n## "+heading+"\n")
	require.True(t, found)
	lines := strings.ReplaceAll(blocks(text)[0].text, "|\n", "|\x00")
	var commands []string
	for line := range strings.Lines(lines) {
		commands = append(commands, strings.ReplaceAll(line, "\x00", "\n"))
	}
	require.Len(t, commands, 3, "go get, grep with sed, and go mod tidy")
	return commands
}

// sources returns the text of the Go files below a folder.
func sources(t *testing.T, dir string) string {
	var b strings.Builder
	for _, pattern := range []string{"*.go", "*/*.go"} {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, paths)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			b.Write(text)
		}
	}
	return b.String()
}
