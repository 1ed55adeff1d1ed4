// Package goproxy publishes modules in a folder for the go command, instead of a proxy.
package goproxy

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Environment returns the variables with which the go command takes all modules from a folder, into a
// module cache that is empty.
func Environment(t testing.TB, proxy string) map[string]string {
	return map[string]string{
		"GOPROXY":     "file://" + filepath.ToSlash(proxy),
		"GOMODCACHE":  t.TempDir(),
		"GOFLAGS":     "-modcacherw -buildvcs=false", // or the folder could not be removed
		"GOSUMDB":     "off",
		"GONOPROXY":   "none",
		"GOPRIVATE":   "",
		"GOTOOLCHAIN": "local",
		"GOWORK":      "off",
		"GOENV":       "off",
	}
}

// Publish adds a version of a module to the folder.
func Publish(t testing.TB, proxy, module, version string, files map[string][]byte) {
	t.Helper()
	dir := filepath.Join(proxy, filepath.FromSlash(module), "@v")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, text := range files {
		w, err := z.Create(module + "@" + version + "/" + name)
		require.NoError(t, err)
		_, err = w.Write(text)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	for name, text := range map[string][]byte{
		version + ".info": fmt.Appendf(nil, `{"Version": %q, "Time": "2026-01-01T00:00:00Z"}`, version),
		version + ".mod":  files["go.mod"],
		version + ".zip":  archive.Bytes(),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o644))
	}
	list, err := os.OpenFile(filepath.Join(dir, "list"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	require.NoError(t, err)
	defer list.Close()
	_, err = fmt.Fprintln(list, version)
	require.NoError(t, err)
}
