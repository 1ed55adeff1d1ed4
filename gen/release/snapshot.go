package release

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
)

// The two lines at the top of every snapshot; the name of the header and the release are between
// the parts of the first.
const (
	headStart  = "# "
	headBefore = " of Ceph "
	headAfter  = ", one declaration per line, sorted by kind and name."
	headSecond = `# Written by "go run ./gen snapshot"; not edited by hand.`
)

// releaseRE matches the number of a release, or the name of an unreleased version,
// such as "main".
var releaseRE = regexp.MustCompile(`^([0-9]+(\.[0-9]+)*|[a-z][a-z0-9-]*)$`)

// headerRE matches the name of a header's file.
var headerRE = regexp.MustCompile(`^[\w.+-]+$`)

// Write writes the snapshot of a, which must name its release.
func Write(w io.Writer, a *model.API) error {
	if !releaseRE.MatchString(a.Release) {
		return fmt.Errorf("write snapshot: %q is not a release, such as 14.2 or main", a.Release)
	}
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s%s%s%s%s\n%s\n", headStart, a.Header, headBefore, a.Release, headAfter, headSecond)
	for _, f := range declarations(a) {
		fmt.Fprintln(b, f.line())
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write snapshot of %s: %w", a.Release, err)
	}
	return nil
}

// LoadDir reads every snapshot in dir, the oldest release first. The file of a
// snapshot is named after its release.
func LoadDir(dir string) ([]*model.API, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, fmt.Errorf("look for snapshots: %w", err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no snapshot of any release in %s", dir)
	}
	var apis []*model.API
	var errs []error
	for _, path := range paths {
		a, err := load(path)
		apis, errs = append(apis, a), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.SortFunc(apis, func(a, b *model.API) int { return Compare(a.Release, b.Release) })
	return apis, nil
}

func load(path string) (*model.API, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	defer f.Close()
	a, err := Read(path, f)
	if err != nil {
		return nil, err
	}
	if want := strings.TrimSuffix(filepath.Base(path), ".txt"); a.Release != want {
		return nil, fmt.Errorf("%s:1:%d: the file is named after %s but says %s",
			path, len(headStart+a.Header+headBefore)+1, want, a.Release)
	}
	if len(a.Funcs) == 0 {
		return nil, fmt.Errorf("%s: a release without any function is none", path)
	}
	return a, nil
}

// Compare compares releases by number: 9.2 is less than 14.2. Names are greater
// than all numbers and compared alphabetically.
func Compare(a, b string) int {
	if namedA, namedB := isNamed(a), isNamed(b); namedA || namedB {
		return cmp.Or(compareBool(namedA, namedB), cmp.Compare(a, b))
	}
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		m, _ := strconv.Atoi(x)
		n, _ := strconv.Atoi(y)
		return cmp.Compare(m, n)
	})
}

func isNamed(release string) bool { return release != "" && (release[0] < '0' || release[0] > '9') }

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
