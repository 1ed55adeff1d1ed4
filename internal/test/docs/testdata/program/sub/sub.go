package sub

import "github.com/ceph/go-ceph/rados/striper"

// Striped reports whether there is a Striper.
func Striped(s *striper.Striper) bool { return s != nil }
