//go:build ceph_preview

package sub

import "github.com/ceph/go-ceph/rados/striper"

func Source() string {
	s, _ := striper.New(nil)
	return s.Source()
}
