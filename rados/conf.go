package rados

import "github.com/go-rados/go-rados/rados/internal/cmdline"

// ParseConfigArgvRemainder is ParseConfigArgv that returns the arguments that are no
// options of Ceph, the program's name first, for the program to parse.
//
// Implements:
//
//	int rados_conf_parse_argv_remainder(rados_t cluster, int argc, const char **argv, const char **remargv)
func (c *Conn) ParseConfigArgvRemainder(argv []string) ([]string, error) {
	rest, err := c.parseArgv(argv)
	if err != nil {
		return nil, err
	}
	return append(rest, argv[len(cmdline.Heeded(argv)):]...), nil
}
