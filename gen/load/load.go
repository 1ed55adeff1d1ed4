// Package load makes the plan of a module: it reads the spec and the recorded releases, and
// has package resolve make a plan of them, which package check judges.
package load

import (
	"path/filepath"

	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/resolve"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// Where the input is, below the module's root.
const (
	SpecFile    = "spec/bindings.yaml"
	SnapshotDir = "spec/api"
)

// Input is what the generator reads of a module.
type Input struct {
	Spec  *spec.Spec
	APIs  []*model.API // of the releases, the oldest first
	Union *release.Union
}

// Read reads the input of the module in root.
func Read(root string) (*Input, error) {
	apis, err := release.LoadDir(filepath.Join(root, SnapshotDir))
	if err != nil {
		return nil, err
	}
	s, err := spec.Load(filepath.Join(root, SpecFile))
	return &Input{s, apis, release.Merge(apis)}, err
}

// Plan makes the plan of the module in root. It also returns the input.
func Plan(root string) (*ir.Plan, *Input, error) {
	in, err := Read(root)
	if err != nil {
		return nil, nil, err
	}
	p, err := Build(in.Spec, in.Union)
	return p, in, err
}

// Build makes the plan for s and u. All diagnostics are one error.
func Build(s *spec.Spec, u *release.Union) (*ir.Plan, error) {
	p, diags := resolve.Plan(s, u, role.Vocabulary{})
	if err := check.Plan(p, u, role.Vocabulary{}, diags); err != nil {
		return nil, err
	}
	return p, nil
}
