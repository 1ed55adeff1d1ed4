package check

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

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
		if err := put(dir, filepath.Join(includes(a), header), []byte(release.Header(a))); err != nil {
			return err
		}
	}
	errs := make([]error, len(apis)) // the first one is returned, whichever compiler is faster
	var compilers sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, a := range apis {
		compilers.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			if err := compile(cc, dir, includes(a), sources); err != nil {
				errs[i] = fmt.Errorf("with the declarations of Ceph %s: %w", a.Release, err)
			}
		})
	}
	compilers.Wait()
	return cmp.Or(errs...)
}

// includes is the folder of the header of a release.
func includes(a *model.API) string { return filepath.Join("include", a.Release) }

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
