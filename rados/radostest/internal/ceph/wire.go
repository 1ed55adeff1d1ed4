package ceph

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// Wire names how the daemons and clients of a cluster send messages.
type Wire string

// The modes. The zero Wire is the default of Ceph, which is WireCRC but for
// monitors, which prefer WireSecure.
const (
	WireCRC        Wire = "crc"        // with checksums
	WireSecure     Wire = "secure"     // encrypted
	WireCompressed Wire = "compressed" // compressed between OSDs; clients have no such mode
)

// firstCompressed is the release that has introduced compression of messages.
const firstCompressed = 17

// checkWire returns an error if w is not known, or an UnsupportedError if the
// installed daemons lack it. Without daemons it returns nil.
func checkWire(w Wire) error {
	switch w {
	case "", WireCRC, WireSecure:
		return nil
	case WireCompressed:
	default:
		return fmt.Errorf("wire mode %q: it must be %s, %s or %s", w, WireCRC, WireSecure, WireCompressed)
	}
	program := findProgram("ceph-osd")
	if program == "" {
		return nil
	}
	cmd := exec.CommandContext(context.Background(), program, "--version")
	cmd.Env = environment()
	out, err := output(cmd)
	if err != nil {
		return err
	}
	version, major, err := parseVersion(string(out))
	if err == nil && major < firstCompressed {
		return &UnsupportedError{fmt.Sprintf("wire mode %q needs the daemons of Ceph %d or later; those of Ceph %s are installed",
			w, firstCompressed, version)}
	}
	return err
}

var versionRE = regexp.MustCompile(`\bceph version ((\d+)\.[\w.~-]+)`)

// parseVersion finds the version in what a daemon prints about itself.
func parseVersion(text string) (version string, major int, err error) {
	m := versionRE.FindStringSubmatch(text)
	if m == nil {
		return "", 0, fmt.Errorf("there is no version of Ceph in %q", text)
	}
	major, err = strconv.Atoi(m[2])
	return m[1], major, err
}

// addWire sets the mode for all connections, so that no peer can choose
// another one.
func (c *conf) addWire(w Wire) {
	mode := w
	switch w {
	case "":
		return
	case WireCompressed:
		mode = WireCRC
		c.add("global", "ms osd compress mode", "force", "ms osd compress min size", "128")
	}
	for _, key := range []string{
		"ms cluster mode", "ms service mode", "ms client mode",
		"ms mon cluster mode", "ms mon service mode", "ms mon client mode",
	} {
		c.add("global", key, string(mode))
	}
}
