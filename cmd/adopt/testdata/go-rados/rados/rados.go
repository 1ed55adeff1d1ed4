// Package rados is a small go-rados.
package rados

type radosError int

func (e radosError) Error() string  { return "rados: an error" }
func (e radosError) ErrorCode() int { return int(e) }
func (e radosError) Is(target error) bool {
	other, ok := target.(interface{ ErrorCode() int })
	return ok && other.ErrorCode() == int(e)
}

type Conn struct{}

// Own shows in a test which Conn it is.
func (*Conn) Own() {}

func NewConn() (*Conn, error) { return &Conn{}, nil }

func (c *Conn) Cluster() int { return 42 }

const (
	ErrNotFound   = radosError(-2)
	RadosNotFound = ErrNotFound
	Snap, Other   = 1, 2
)

var (
	ErrNotConnected error = radosError(-107)
	Mixed                 = 3
	Level                 = 4
)

func Preview() string { return "go-rados" }
