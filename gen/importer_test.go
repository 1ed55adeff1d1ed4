package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
)

const importerMod = `module example.com/importer

go 1.24

require github.com/go-rados/go-rados v0.0.0

replace github.com/go-rados/go-rados => `

// TestImporters builds a program of another module that imports the package, with the
// header of each release and with nothing to take other modules from.
func TestImporters(t *testing.T) {
	if testing.Short() {
		t.Skip("building the package takes some seconds")
	}
	for _, name := range gentest.Releases(t) {
		t.Run(name, func(t *testing.T) {
			include := filepath.Dir(filepath.Dir(gentest.HeaderOf(t, name)))
			dir := t.TempDir()
			mod := importerMod + gentest.Root + "\n"
			write(t, filepath.Join(dir, "go.mod"), mod)
			write(t, filepath.Join(dir, "main.go"), read(t, filepath.Join(gentest.Root, "examples/quickstart/main.go")))
			write(t, filepath.Join(dir, "io.go"), "package main\n\nimport _ \"github.com/go-rados/go-rados/rados/radosio\"\n")

			modules := t.TempDir() // which is empty
			goTool := func(args ...string) string {
				cmd := exec.Command("go", args...)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "CGO_CFLAGS=-I"+include,
					"GOMODCACHE="+modules, "GOPROXY=off", "GOWORK=off", "GOFLAGS=")
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, "%s", out)
				return string(out)
			}
			goTool("build", "-o", "importer", ".")
			assert.FileExists(t, filepath.Join(dir, "importer"))

			used := strings.Fields(goTool("list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "."))
			for _, module := range used {
				assert.Contains(t, []string{"example.com/importer", "github.com/go-rados/go-rados"}, module)
			}
			assert.Contains(t, used, "github.com/go-rados/go-rados")
			assert.Equal(t, mod, read(t, filepath.Join(dir, "go.mod")))
			assert.NoFileExists(t, filepath.Join(dir, "go.sum"))
			kept, err := os.ReadDir(modules)
			require.NoError(t, err)
			assert.Empty(t, kept, "modules were needed")
		})
	}
}
