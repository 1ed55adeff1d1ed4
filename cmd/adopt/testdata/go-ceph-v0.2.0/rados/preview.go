//go:build ceph_preview

package rados

// Preview is there with a tag only.
func Preview() string { return "go-ceph" }
