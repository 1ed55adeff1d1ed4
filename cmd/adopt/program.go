package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// program is the module that adopts.
type program struct {
	dir string
	mod *modFile
}

// record is the file in the copy by which -undo knows that the folder is a copy, and what to undo.
const record = "adopt.json"

// changes is what adopt did to the program's go.mod.
type changes struct {
	Version   string   // of go-ceph
	Replaced  []string // "path => target", for the user
	Rados     bool     // a replace of this module was added
	Go        string   // the go line of go.mod before
	Raised    string   // the go line of this module, to which go mod tidy raises that of go.mod
	Toolchain string   // the toolchain line of go.mod before
}

func findProgram() (*program, error) {
	dir, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	mod, err := readMod(dir)
	if err != nil {
		return nil, err
	}
	return &program{dir: dir, mod: mod}, nil
}

// adoptable returns the version of go-ceph that the program requires, or an error if it cannot be
// replaced.
func (p *program) adoptable(out string) (version string, err error) {
	if p.mod.Module.Path == cephModule {
		return "", fmt.Errorf("this is %s itself: run adopt in the module of a program that requires it", cephModule)
	}
	if r := p.mod.replacement(cephModule); r != nil {
		if _, err := os.Stat(filepath.Join(p.path(r.New.Path), record)); err == nil {
			return "", fmt.Errorf("go.mod has adopted already: %s is replaced by %s (to make it anew, first run adopt -undo)", cephModule, r.New.Path)
		}
		return "", fmt.Errorf("go.mod replaces %s by %s, which adopt would undo: remove this replace first", cephModule, r.New)
	}
	version = p.mod.required(cephModule)
	if version == "" {
		return "", fmt.Errorf("%s does not require %s: there is nothing to adopt", filepath.Join(p.dir, "go.mod"), cephModule)
	}
	return version, nil
}

// accepts returns an error if the program replaces this module by another one than ours.
func (p *program) accepts(ours *rados) error {
	r := p.mod.replacement(radosModule)
	if r == nil {
		return nil
	}
	if ours.version == "" && r.New.Version == "" && p.path(r.New.Path) == ours.dir {
		return nil
	}
	return fmt.Errorf("go.mod replaces %s by %s, and not by %s: remove this replace, or pass it as -rados", radosModule, r.New, ours.source())
}

// path returns the path of a folder that go.mod names.
func (p *program) path(dir string) string {
	if filepath.IsAbs(dir) {
		return filepath.Clean(dir)
	}
	return filepath.Join(p.dir, dir)
}

// vendors reports whether the program has its dependencies in a folder vendor.
func (p *program) vendors() bool {
	_, err := os.Stat(filepath.Join(p.dir, "vendor", "modules.txt"))
	return err == nil
}

func (p *program) changes(f *folder, ours *rados) changes {
	c := changes{
		Replaced:  []string{cephModule + " => " + f.target},
		Go:        p.mod.Go,
		Raised:    ours.goLine,
		Toolchain: p.mod.Toolchain,
	}
	if ours.version == "" && p.mod.replacement(radosModule) == nil {
		c.Rados = true
		c.Replaced = append(c.Replaced, radosModule+" => "+p.target(ours.dir, ours.given))
	}
	return c
}

// apply adds the replaces to go.mod, after recording how to undo that.
func (p *program) apply(f *folder, c changes, version string) error {
	c.Version = version
	text, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(f.path, record), append(text, '\n'), 0o644); err != nil {
		return err
	}
	var args []string
	for _, replace := range c.Replaced {
		path, target := splitReplace(replace)
		args = append(args, "-replace="+path+"="+target)
	}
	return p.edit(args...)
}

func (p *program) edit(args ...string) error {
	_, err := goCommand(p.dir, append([]string{"mod", "edit"}, args...)...)
	return err
}

// undo removes what apply added, and the folder.
func undo(p *program, opts options, stdout io.Writer) error {
	r := p.mod.replacement(cephModule)
	if r == nil {
		return fmt.Errorf("go.mod does not replace %s: there is nothing to undo", cephModule)
	}
	dir := p.path(r.New.Path)
	text, err := os.ReadFile(filepath.Join(dir, record))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("go.mod replaces %s by %s, which adopt did not make: it has no %s", cephModule, r.New, record)
	}
	if err != nil {
		return err
	}
	var c changes
	if err := json.Unmarshal(text, &c); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, record), err)
	}
	args := undoing(p.mod, c)
	if opts.print {
		fmt.Fprintf(stdout, "would remove %s\nwould run go mod edit %q\n", dir, args)
		return nil
	}
	if err := p.edit(args...); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "removed %s\nThe program uses %s %s again.\n\nNext:\n\tgo mod tidy\n", dir, cephModule, c.Version)
	if p.vendors() {
		fmt.Fprintf(stdout, "\tgo mod vendor\n")
	}
	return nil
}

// undoing returns the arguments of go mod edit that undo c. What go mod tidy has added is removed, too,
// if only the copy of go-ceph needed it; go mod tidy adds what the program itself needs.
func undoing(mod *modFile, c changes) []string {
	args := []string{"-dropreplace=" + cephModule}
	if c.Rados {
		args = append(args, "-dropreplace="+radosModule)
	}
	if mod.indirect(radosModule) {
		args = append(args, "-droprequire="+radosModule)
	}
	if c.Go != "" && mod.Go == c.Raised {
		args = append(args, "-go="+c.Go)
	}
	if c.Toolchain == "" && mod.Toolchain != "" {
		args = append(args, "-toolchain=none")
	}
	return args
}

// folder is the folder of the copy.
type folder struct {
	path   string // absolute
	target string // as go.mod names it

}

const defaultFolder = "go-ceph-on-go-rados"

// newFolder returns the folder that out names, which must not exist.
func newFolder(p *program, out string) (*folder, error) {
	path, err := filepath.Abs(out)
	if err != nil {
		return nil, err
	}
	if out == defaultFolder {
		path = filepath.Join(p.dir, out) // also when adopt runs in another folder of the module
	}
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("%s exists: remove it, or name another folder with -o", path)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &folder{path: path, target: p.target(path, out)}, nil
}

// target returns a folder as go.mod names it: relative to the program's, unless the user gave an absolute path.
func (p *program) target(path, given string) string {
	rel, err := filepath.Rel(p.dir, path)
	if err != nil || filepath.IsAbs(given) {
		return path
	}
	target := filepath.ToSlash(rel)
	if first, _, _ := strings.Cut(target, "/"); first != "." && first != ".." {
		target = "./" + target // or go.mod would take it for the path of a module
	}
	return target
}
