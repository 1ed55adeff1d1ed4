package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/spec"
)

// Where the input is, below the module's root.
const (
	specFile    = "spec/bindings.yaml"
	snapshotDir = "spec/api"
)

// systemHeader is read where no other is given. Tests do without it.
var systemHeader = "/usr/include/rados/librados.h"

// loadPlan joins the snapshots and the spec below root.
func loadPlan(root string) (*plan.Plan, []*model.API, error) {
	apis, err := release.LoadDir(filepath.Join(root, snapshotDir))
	if err != nil {
		return nil, nil, err
	}
	s, err := spec.Load(filepath.Join(root, specFile))
	if err != nil {
		return nil, nil, err
	}
	p, err := check.Build(s, release.Merge(apis))
	return p, apis, err
}

// snapshot finds a snapshot by its release or its path.
func snapshot(name string) (*model.API, error) {
	path := filepath.Join(snapshotDir, name+".txt")
	if strings.HasSuffix(name, ".txt") {
		path = name
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("no snapshot %s; record it with go run ./gen snapshot", path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return release.Read(path, f)
}
