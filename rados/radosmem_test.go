//go:build radosmem

package rados_test

import _ "github.com/go-rados/go-rados/rados/radosmem" // see TestSuite of that package
