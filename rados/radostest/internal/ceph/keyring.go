package ceph

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"time"
)

// keyring gives every daemon and client.admin a key, as ceph-authtool would
// with one run of it per entity.
func keyring(osds int) []byte {
	var b bytes.Buffer
	entity := func(name string, caps ...string) {
		fmt.Fprintf(&b, "[%s]\n\tkey = %s\n", name, newKey(time.Now()))
		for i := 0; i < len(caps); i += 2 {
			fmt.Fprintf(&b, "\tcaps %s = \"%s\"\n", caps[i], caps[i+1])
		}
	}
	entity("mon.", "mon", "allow *")
	entity("client.admin", "mon", "allow *", "mgr", "allow *", "osd", "allow *", "mds", "allow *")
	entity(mgrName, "mon", "allow profile mgr", "osd", "allow *", "mds", "allow *")
	for id := range osds {
		entity(osdName(id), "mon", "allow profile osd", "mgr", "allow profile osd", "osd", "allow *")
	}
	return b.Bytes()
}

// newKey makes a cephx key: type 1 (AES), when it was made, its length and
// sixteen random bytes.
func newKey(now time.Time) string {
	const aes, size = 1, 16
	key := binary.LittleEndian.AppendUint16(nil, aes)
	key = binary.LittleEndian.AppendUint32(key, uint32(now.Unix()))
	key = binary.LittleEndian.AppendUint32(key, uint32(now.Nanosecond()))
	key = binary.LittleEndian.AppendUint16(key, size)
	secret := make([]byte, size)
	rand.Read(secret) // never fails
	return base64.StdEncoding.EncodeToString(append(key, secret...))
}

// newUUID makes a random (version 4) UUID.
func newUUID() string {
	var u [16]byte
	rand.Read(u[:])
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
