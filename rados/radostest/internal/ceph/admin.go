package ceph

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"time"
)

// maxSocketPath is the longest path that a unix socket can have on Linux.
const maxSocketPath = 107

// adminTimeout bounds one question, since a paused daemon accepts connections
// and never answers.
const adminTimeout = 2 * time.Second

// ask sends one command to a daemon's admin socket and decodes the answer.
//
// It takes a millisecond, where the ceph program takes most of a second to
// start Python, and needs no quorum. The protocol: the command as JSON and a
// NUL; back come the length, four bytes, big endian, and as much JSON.
func ask(ctx context.Context, socket, command string, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, adminTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Now()) })()

	if _, err := fmt.Fprintf(conn, "{\"prefix\": %q}\x00", command); err != nil {
		return err
	}
	var size uint32
	if err := binary.Read(conn, binary.BigEndian, &size); err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(conn, int64(size)))
	if err != nil {
		return err
	}
	return json.Unmarshal(data, answer)
}
