package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// modFile is a go.mod as go mod edit -json prints it.
type modFile struct {
	Module    struct{ Path string }
	Go        string
	Toolchain string
	Require   []struct {
		Path, Version string
		Indirect      bool
	}
	Replace []replacement
}

type replacement struct{ Old, New module }

type module struct{ Path, Version string }

func (m module) String() string { return strings.TrimSpace(m.Path + " " + m.Version) }

func readMod(dir string) (*modFile, error) {
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		return nil, fmt.Errorf("the folder has no go.mod: %w", err)
	}
	out, err := goCommand(dir, "mod", "edit", "-json")
	if err != nil {
		return nil, err
	}
	mod := new(modFile)
	return mod, json.Unmarshal(out, mod)
}

func (m *modFile) required(path string) (version string) {
	for _, r := range m.Require {
		if r.Path == path {
			return r.Version
		}
	}
	return ""
}

// indirect reports whether the module is required only by other modules.
func (m *modFile) indirect(path string) bool {
	for _, r := range m.Require {
		if r.Path == path {
			return r.Indirect
		}
	}
	return false
}

func (m *modFile) replacement(path string) *replacement {
	for i := range m.Replace {
		if m.Replace[i].Old.Path == path {
			return &m.Replace[i]
		}
	}
	return nil
}

// moduleRoot returns the folder of the go.mod that is in force here.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if info, err := os.Stat(filepath.Join(at, "go.mod")); err == nil && !info.IsDir() {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("no go.mod in %s or above: run adopt in the module of a program", dir)
		}
	}
}

// downloaded is a module in the module cache.
type downloaded struct {
	Version string
	Dir     string
	Error   string
}

// download returns a module from the module cache, to which the go command downloads it if it is missing.
func download(path, version string) (*downloaded, error) {
	dir, err := os.MkdirTemp("", "adopt-") // outside of the program's module, whose replaces would count
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out, err := goCommand(dir, "mod", "download", "-json", path+"@"+version)
	m := new(downloaded)
	if json.Unmarshal(out, m) != nil {
		return nil, err
	}
	if m.Error != "" {
		return nil, fmt.Errorf("%s %s is not in the module cache and cannot be downloaded: %s",
			path, version, strings.TrimPrefix(m.Error, path+"@"+version+": "))
	}
	return m, nil
}

// goCommand runs the go command in a folder and returns its standard output, also with an error.
func goCommand(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS="+flagsWithoutMod(os.Getenv("GOFLAGS")), "PWD="+dir)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("adopt needs the go command: %w", err)
	}
	if err != nil {
		err = fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.Bytes(), err
}

// flagsWithoutMod removes the flags that go mod refuses.
func flagsWithoutMod(flags string) string {
	var kept []string
	for _, flag := range strings.Fields(flags) {
		if !strings.HasPrefix(flag, "-mod=") && !strings.HasPrefix(flag, "-modfile=") {
			kept = append(kept, flag)
		}
	}
	return strings.Join(kept, " ")
}

func splitReplace(replace string) (path, target string) {
	path, target, _ = strings.Cut(replace, " => ")
	return path, target
}
