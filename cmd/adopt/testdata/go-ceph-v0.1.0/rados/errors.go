package rados

import "errors"

type radosError int

func (e radosError) Error() string { return "an error" }

// ErrNotConnected is a variable.
var ErrNotConnected = errors.New("not connected")

const (
	ErrNotFound = radosError(-2)
	Snap, Other = 1, 2
)
