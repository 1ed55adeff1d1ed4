package ceph

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// The environment variables that describe clusters.
const (
	ClusterVariable = "RADOS_TEST_CLUSTER" // words, as readWord takes them
	WireVariable    = "RADOS_TEST_WIRE"    // a Wire
)

// Environment is the Config that the environment variables describe. A caller that needs something
// else changes it.
func Environment() (Config, error) {
	cfg := Config{Wire: Wire(os.Getenv(WireVariable))}
	for _, word := range strings.Fields(os.Getenv(ClusterVariable)) {
		if err := cfg.readWord(word); err != nil {
			return Config{}, fmt.Errorf("%s: %q: %w", ClusterVariable, word, err)
		}
	}
	return cfg, nil
}

// readWord adds NAME, NAME=VALUE or SECTION:KEY=VALUE, a setting for ceph.conf.
func (cfg *Config) readWord(word string) (err error) {
	name, value, _ := strings.Cut(word, "=")
	if section, key, isSetting := strings.Cut(name, ":"); isSetting {
		cfg.Settings = append(cfg.Settings, Setting{section, key, value})
		return nil
	}
	if (name == "ipv6" || name == "mds") && word != name {
		return fmt.Errorf("%s has no value", name)
	}
	switch name {
	case "osds":
		cfg.OSDs, err = strconv.Atoi(value)
	case "mons":
		cfg.Monitors, err = strconv.Atoi(value)
	case "bluestore":
		cfg.BlueStore, err = parseSize(value)
	case "wire":
		cfg.Wire = Wire(value)
	case "ipv6":
		cfg.IPv6 = true
	case "mds":
		cfg.MDS = true
	default:
		return fmt.Errorf("it must be osds=N, mons=N, bluestore=SIZE, wire=MODE, ipv6, mds or SECTION:KEY=VALUE")
	}
	return err
}

// parseSize takes bytes, or a number of GiB such as 4G.
func parseSize(text string) (int64, error) {
	number, isGiB := strings.CutSuffix(text, "G")
	size, err := strconv.ParseInt(number, 10, 64)
	if isGiB {
		size <<= 30
	}
	return size, err
}

// UnsupportedError is returned for a cluster that this machine, or its installed daemons, cannot
// form.
type UnsupportedError struct{ Reason string }

func (e *UnsupportedError) Error() string { return e.Reason }

// Check returns an error if the Config is not valid, or an UnsupportedError if the cluster cannot be
// formed here.
func (cfg *Config) Check() error {
	if cfg.OSDs < 0 || cfg.OSDs > MaxOSDs {
		return fmt.Errorf("a cluster of %d OSDs: it must be 1 to %d", cfg.OSDs, MaxOSDs)
	}
	if cfg.Monitors < 0 || cfg.Monitors > MaxMonitors {
		return fmt.Errorf("a cluster of %d monitors: it must be 1 to %d", cfg.Monitors, MaxMonitors)
	}
	if cfg.BlueStore < 0 {
		return fmt.Errorf("a BlueStore of %d bytes: it must be a positive number", cfg.BlueStore)
	}
	if cfg.IPv6 {
		if err := checkIPv6(); err != nil {
			return err
		}
	}
	return checkWire(cfg.Wire)
}

func checkIPv6() error {
	l, err := net.Listen("tcp", net.JoinHostPort(ipv6Host, "0"))
	if err != nil {
		return &UnsupportedError{fmt.Sprintf("this machine has no IPv6: %v", err)}
	}
	return l.Close()
}
