package rados

var _ = unexported
