//go:build !cgo

package rados

// Without cgo the other files are left out, so that this line is the only error.
var _ = this_package_needs_cgo__install_gcc_and_set_CGO_ENABLED_1
