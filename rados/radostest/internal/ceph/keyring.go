package ceph

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
)

// entity is a daemon or user with a key and its capabilities.
type entity struct {
	name string
	caps []string // pairs of a kind of daemon and a capability
	key  string
}

// entities are the daemons and client.admin, without keys.
func entities(cfg *Config) []entity {
	all := []entity{
		{name: "mon.", caps: []string{"mon", "allow *"}},
		{name: "client.admin", caps: []string{"mon", "allow *", "mgr", "allow *", "osd", "allow *", "mds", "allow *"}},
		{name: mgrName, caps: []string{"mon", "allow profile mgr", "osd", "allow *", "mds", "allow *"}},
	}
	for id := range cfg.OSDs {
		all = append(all, entity{name: osdName(id), caps: []string{"mon", "allow profile osd", "mgr", "allow profile osd", "osd", "allow *"}})
	}
	if cfg.MDS {
		all = append(all, entity{name: mdsName, caps: []string{"mon", "allow profile mds", "mgr", "allow profile mds", "osd", "allow *", "mds", "allow *"}})
	}
	return all
}

// writeKeyring gives each entity a key. The kind of key is left to the release:
// Ceph 20.2 refuses the AES-128 keys of its predecessors.
func (c *Cluster) writeKeyring(ctx context.Context) error {
	all := entities(&c.cfg)
	var steps []func(context.Context) error
	for i := range all {
		steps = append(steps, func(ctx context.Context) error {
			key, err := output(c.command(ctx, "ceph-authtool", "--gen-print-key"))
			all[i].key = string(bytes.TrimSpace(key))
			return err
		})
	}
	if err := parallel(ctx, steps); err != nil {
		return err
	}
	return os.WriteFile(c.Keyring(), keyring(all), 0o600)
}

func keyring(entities []entity) []byte {
	var b bytes.Buffer
	for _, e := range entities {
		fmt.Fprintf(&b, "[%s]\n\tkey = %s\n", e.name, e.key)
		for i := 0; i < len(e.caps); i += 2 {
			fmt.Fprintf(&b, "\tcaps %s = \"%s\"\n", e.caps[i], e.caps[i+1])
		}
	}
	return b.Bytes()
}

// newUUID makes a random (version 4) UUID.
func newUUID() string {
	var u [16]byte
	rand.Read(u[:]) // never fails
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
