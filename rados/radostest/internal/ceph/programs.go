package ceph

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// SearchDirs are where Ceph's programs are looked for when they are not on the
// PATH, which often lacks the sbin folders. Tests empty it.
var SearchDirs = []string{"/usr/sbin", "/usr/bin"}

// needed are the programs that a cluster cannot be started without.
var needed = []string{"ceph-mon", "ceph-mgr", "ceph-osd", "ceph-authtool", "monmaptool", "osdmaptool", "ceph"}

// programs returns the programs that the cluster needs.
func (cfg *Config) programs() []string {
	if cfg.MDS {
		return append(slices.Clone(needed), "ceph-mds")
	}
	return needed
}

// MissingError says which of Ceph's programs are not installed.
type MissingError struct {
	Programs []string
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("a Ceph cluster needs %s: not found on the PATH, nor in %s\n"+
		"on Debian and Ubuntu: apt-get install --no-install-recommends %s",
		strings.Join(e.Programs, ", "), strings.Join(SearchDirs, " or "), e.packages())
}

// packages are those of Debian that have all programs that a cluster needs.
func (e *MissingError) packages() string {
	const always = "ceph-mon ceph-mgr ceph-osd ceph-common"
	if slices.Contains(e.Programs, "ceph-mds") {
		return always + " ceph-mds"
	}
	return always
}

// programs maps the name of each needed program to its path.
type programs map[string]string

// Installed returns a MissingError if a program is missing.
func Installed() error {
	_, err := findPrograms(needed)
	return err
}

func findPrograms(needed []string) (programs, error) {
	found, missing := programs{}, []string(nil)
	for _, name := range needed {
		path := findProgram(name)
		if path == "" {
			missing = append(missing, name)
		}
		found[name] = path
	}
	if missing != nil {
		return nil, &MissingError{missing}
	}
	return found, nil
}

func findProgram(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range SearchDirs {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	return ""
}

// environment is this process's, without the variables by which Ceph's
// programs would take the settings of another cluster.
func environment() []string {
	var env []string
	for _, v := range os.Environ() {
		switch name, _, _ := strings.Cut(v, "="); name {
		case "CEPH_ARGS", "CEPH_CONF", "CEPH_KEYRING":
		default:
			env = append(env, v)
		}
	}
	return env
}
