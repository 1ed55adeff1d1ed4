package check

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/output"
	"github.com/go-rados/go-rados/gen/release"
)

// ErrNoCompiler is the error of Compile on a machine without a C compiler.
var ErrNoCompiler = errors.New("there is no C compiler")

// Compile compiles the C files among files, and each header alone, with the declarations of each release,
// as its snapshot has them. header is what the C includes; CC names the compiler.
func Compile(files []output.File, header string, apis []*model.API) error {
	cc, err := exec.LookPath(cmp.Or(os.Getenv("CC"), "cc"))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoCompiler, err)
	}
	dir, err := os.MkdirTemp("", "gen-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var sources []string
	for _, f := range files {
		if ext := filepath.Ext(f.Path); ext != ".c" && ext != ".h" {
			continue
		}
		sources = append(sources, f.Path)
		if err := put(dir, f.Path, f.Data); err != nil {
			return err
		}
	}
	for _, a := range apis {
		include := filepath.Join("include", a.Release)
		if err := put(dir, filepath.Join(include, header), []byte(release.Header(a))); err != nil {
			return err
		}
		if err := compile(cc, dir, include, sources); err != nil {
			return fmt.Errorf("with the declarations of Ceph %s: %w", a.Release, err)
		}
	}
	return nil
}

func put(dir, path string, data []byte) error {
	path = filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}

// compile checks the C files below dir with the headers of the folder include.
func compile(cc, dir, include string, sources []string) error {
	flags := []string{"-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-Wno-deprecated-declarations", "-fmax-errors=20", "-I" + include, "-x", "c"}
	cmd := exec.Command(cc, slices.Concat(flags, sources)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}
