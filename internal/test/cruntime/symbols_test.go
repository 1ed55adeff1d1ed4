package cruntime

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHiddenSymbols finds no symbol of the C run time that the dynamic linker sees: a program that
// links package rados into a shared object, or two of them, must not mix up their symbols.
func TestHiddenSymbols(t *testing.T) {
	read(t)
	out, err := exec.Command("go", "list", "-export", "-f", "{{.Export}}", radosDir).Output()
	require.NoError(t, err)
	archive, err := os.ReadFile(strings.TrimSpace(string(out)))
	require.NoError(t, err)
	hidden := 0
	for _, object := range elfObjects(t, archive) {
		symbols, err := object.Symbols()
		require.NoError(t, err)
		for _, s := range symbols {
			own := strings.HasPrefix(s.Name, "gorados_") && s.Section != elf.SHN_UNDEF
			if !own || elf.ST_BIND(s.Info) == elf.STB_LOCAL {
				continue
			}
			assert.Equal(t, elf.STV_HIDDEN, elf.ST_VISIBILITY(s.Other), s.Name)
			hidden++
		}
	}
	assert.Greater(t, hidden, 10)
}

// elfObjects returns the ELF files in an archive of the ar format.
func elfObjects(t *testing.T, archive []byte) []*elf.File {
	t.Helper()
	const magic, headerSize = "!<arch>\n", 60
	rest, ok := bytes.CutPrefix(archive, []byte(magic))
	require.True(t, ok)
	var objects []*elf.File
	for len(rest) >= headerSize {
		size, err := strconv.Atoi(strings.TrimSpace(string(rest[48:58])))
		require.NoError(t, err)
		rest = rest[headerSize:]
		require.LessOrEqual(t, size, len(rest))
		if data := rest[:size]; bytes.HasPrefix(data, []byte(elf.ELFMAG)) {
			object, err := elf.NewFile(bytes.NewReader(data))
			require.NoError(t, err)
			objects = append(objects, object)
		}
		rest = rest[min(size+size%2, len(rest)):]
	}
	require.NotEmpty(t, objects)
	return objects
}

// TestHeaders expects the run time to include headers of the C library only: musl has no headers of
// the kernel.
func TestHeaders(t *testing.T) {
	library := []string{"dlfcn.h", "errno.h", "limits.h", "locale.h", "pthread.h", "sched.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h",
		"sys/socket.h", "sys/syscall.h", "sys/time.h", "sys/types.h", "sys/uio.h", "time.h", "unistd.h"}
	paths, err := filepath.Glob(runtimeDir + "/*.[ch]")
	require.NoError(t, err)
	found := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`#include <([^>]+)>`).FindAllStringSubmatch(string(text), -1) {
			assert.Contains(t, library, m[1], path)
			found++
		}
	}
	assert.Greater(t, found, 10)
}
