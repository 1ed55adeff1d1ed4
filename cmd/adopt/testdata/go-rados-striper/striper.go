package striper

import "github.com/go-rados/go-rados/rados"

type Striper struct{}

func New(*rados.Conn) (*Striper, error) { return &Striper{}, nil }

func (s *Striper) Source() string { return "go-rados" }
