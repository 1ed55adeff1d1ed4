package fakelibrados_test

import (
	"fmt"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// command is a method that sends a command.
type command struct {
	name  string
	sends string
	call  func(conn *rados.Conn) ([]byte, string, error)
}

var commands = []command{
	{"MgrCommand", "rados_mgr_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.MgrCommand(words) }},
	{"MgrCommandWithInputBuffer", "rados_mgr_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.MgrCommandWithInputBuffer(words, input) }},
	{"MgrCommandTarget", "rados_mgr_command_target",
		func(c *rados.Conn) ([]byte, string, error) { return c.MgrCommandTarget("x", words) }},
	{"MgrCommandTargetWithInputBuffer", "rados_mgr_command_target",
		func(c *rados.Conn) ([]byte, string, error) {
			return c.MgrCommandTargetWithInputBuffer("x", words, input)
		}},
	{"MonCommand", "rados_mon_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.MonCommand(data) }},
	{"MonCommandWithInputBuffer", "rados_mon_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.MonCommandWithInputBuffer(data, input) }},
	{"MonCommandTarget", "rados_mon_command_target",
		func(c *rados.Conn) ([]byte, string, error) { return c.MonCommandTarget("a", words) }},
	{"MonCommandTargetWithInputBuffer", "rados_mon_command_target",
		func(c *rados.Conn) ([]byte, string, error) {
			return c.MonCommandTargetWithInputBuffer("a", words, input)
		}},
	{"OsdCommand", "rados_osd_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.OsdCommand(0, words) }},
	{"OsdCommandWithInputBuffer", "rados_osd_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.OsdCommandWithInputBuffer(0, words, input) }},
	{"PGCommand", "rados_pg_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.PGCommand(data, words) }},
	{"PGCommandWithInputBuffer", "rados_pg_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.PGCommandWithInputBuffer(data, words, input) }},
}

func TestCommands(t *testing.T) {
	output := strings.Repeat("out\x00put", 10_000)
	for _, cmd := range commands {
		for what, answers := range map[string][]string{
			"nothing":     nil,
			"no bytes":    {"", ""}, // yet memory to give back
			"output":      {output},
			"status":      {"", "status"},
			"both":        {output, "st\x00atus"},
			"one, no two": {"o", ""},
		} {
			for _, ret := range []int{0, int(syscall.EINVAL), -int(syscall.EINVAL)} {
				t.Run(fmt.Sprintf("%s/%s %d", cmd.name, what, ret), func(t *testing.T) {
					conn := connected(t)
					fakelibrados.Answer(cmd.sends, answers...)
					fakelibrados.Return(cmd.sends, ret)
					want := append(append([]string{}, answers...), "", "")
					got, status, err := cmd.call(conn)
					assert.Equal(t, want[0], string(got))
					assert.Equal(t, want[1], status)
					if ret != 0 {
						assert.ErrorIs(t, err, syscall.EINVAL)
						var coded interface{ ErrorCode() int }
						require.ErrorAs(t, err, &coded)
						assert.Equal(t, -int(syscall.EINVAL), coded.ErrorCode())
					} else {
						assert.NoError(t, err)
					}
				})
			}
		}
	}
}

// TestCommandsTableIsComplete expects every command method of Conn in the
// table.
func TestCommandsTableIsComplete(t *testing.T) {
	var methods, tested []string
	conn := reflect.TypeFor[*rados.Conn]()
	for i := range conn.NumMethod() {
		if name := conn.Method(i).Name; strings.Contains(name, "Command") && !takesContext(conn.Method(i)) {
			methods = append(methods, name)
		}
	}
	for _, cmd := range commands {
		tested = append(tested, cmd.name)
	}
	assert.ElementsMatch(t, methods, tested)
}

// TestCommandFailsWithAnyPositiveErrno returns the errno without its sign, as
// managers do.
func TestCommandFailsWithAnyPositiveErrno(t *testing.T) {
	for _, cmd := range commands {
		conn := connected(t)
		for _, errno := range []syscall.Errno{syscall.EPERM, syscall.ENOENT, syscall.EINVAL, syscall.ETIMEDOUT} {
			fakelibrados.Return(cmd.sends, int(errno))
			_, _, err := cmd.call(conn)
			assert.ErrorIs(t, err, errno, cmd.name)
		}
		fakelibrados.Return(cmd.sends, int(syscall.ENOENT))
		_, _, err := cmd.call(conn)
		assert.ErrorIs(t, err, rados.ErrNotFound, cmd.name)
	}
}
