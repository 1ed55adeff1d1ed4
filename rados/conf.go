package rados

import (
	"slices"
	"strings"

	"github.com/go-rados/go-rados/rados/internal/cmdline"
)

// ParseConfigArgvRemainder is ParseConfigArgv that returns the arguments that are no
// options of Ceph, the program's name first, for the program to parse.
//
// Implements:
//
//	int rados_conf_parse_argv_remainder(rados_t cluster, int argc, const char **argv, const char **remargv)
func (c *Conn) ParseConfigArgvRemainder(argv []string) ([]string, error) {
	given := argv
	if len(argv) > 0 && strings.HasPrefix(argv[0], "-") { // librados would take the name for an option
		given = slices.Clone(argv)
		given[0] = "./" + argv[0]
	}
	rest, err := c.parseArgv(given)
	if err != nil {
		return nil, err
	}
	rest[0] = argv[0]
	return append(rest, argv[len(cmdline.Heeded(argv)):]...), nil
}
