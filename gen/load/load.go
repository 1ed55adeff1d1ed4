// Package load makes the plan of a module: it reads the spec and the recorded releases, and
// has package resolve make a plan of them, which package check judges.
package load

import (
	"path/filepath"

	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/header"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/resolve"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// The files of the spec in the folder spec.
const (
	Folder      = "spec"
	SpecFile    = Folder + "/" + specName
	SnapshotDir = Folder + "/" + snapshotsName
)

// The names of the files in the folder of each spec.
const (
	specName      = "bindings.yaml"
	snapshotsName = "api"
)

// Input is what the generator reads of a spec.
type Input struct {
	Folder string // below the module's root
	Spec   *spec.Spec
	APIs   []*model.API // of the releases, the oldest first
	Union  *release.Union
}

// SpecFile returns the path of the spec below the module's root.
func (in *Input) SpecFile() string { return filepath.Join(in.Folder, specName) }

// SnapshotDir returns the folder of the snapshots below the module's root.
func (in *Input) SnapshotDir() string { return filepath.Join(in.Folder, snapshotsName) }

// Folders lists the folders of the specs of the module in root: spec, and those in it that have a spec.
func Folders(root string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(root, Folder, "*", specName))
	if err != nil {
		return nil, err
	}
	list := []string{Folder}
	for _, path := range paths {
		list = append(list, filepath.Join(Folder, filepath.Base(filepath.Dir(path))))
	}
	return list, nil
}

// Specs reads the specs of the module in root without their snapshots.
func Specs(root string) ([]*Input, error) {
	folders, err := Folders(root)
	if err != nil {
		return nil, err
	}
	var list []*Input
	for _, folder := range folders {
		in := &Input{Folder: folder}
		if in.Spec, err = spec.Load(filepath.Join(root, in.SpecFile())); err != nil {
			return nil, err
		}
		list = append(list, in)
	}
	return list, nil
}

// Library is a spec with the plan that was made of it.
type Library struct {
	*ir.Plan
	*Input
}

// All makes the plans of all specs of the module in root.
func All(root string) ([]*Library, error) {
	folders, err := Folders(root)
	if err != nil {
		return nil, err
	}
	var list []*Library
	for _, folder := range folders {
		p, in, err := PlanOf(root, folder)
		if err != nil {
			return nil, err
		}
		list = append(list, &Library{p, in})
	}
	return list, nil
}

// Read reads the input of a spec of the module in root.
func Read(root, folder string) (*Input, error) {
	in := &Input{Folder: folder}
	var err error
	if in.APIs, err = release.LoadDir(filepath.Join(root, in.SnapshotDir())); err != nil {
		return nil, err
	}
	in.Union = release.Merge(in.APIs)
	in.Spec, err = spec.Load(filepath.Join(root, in.SpecFile()))
	return in, err
}

// Plan makes the plan of the first spec of the module in root. It also returns the input.
func Plan(root string) (*ir.Plan, *Input, error) { return PlanOf(root, Folder) }

// PlanOf is Plan for the spec of a folder.
func PlanOf(root, folder string) (*ir.Plan, *Input, error) {
	in, err := Read(root, folder)
	if err != nil {
		return nil, nil, err
	}
	p, err := Build(in.Spec, in.Union)
	return p, in, err
}

// Header returns what package header needs to know of the library.
func Header(l *spec.Library) header.Library {
	return header.Library{Functions: l.Prefix, Consts: l.ConstPrefixes, Includes: l.Includes}
}

// Roles is the vocabulary of what arguments and return values mean.
var Roles = role.Vocabulary{}

// Build makes the plan for s and u. All diagnostics are one error.
func Build(s *spec.Spec, u *release.Union) (*ir.Plan, error) {
	p, diags := resolve.Plan(s, u, Roles)
	if err := check.Plan(p, u, Roles, diags); err != nil {
		return nil, err
	}
	return p, nil
}
