package ceph

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConf(t *testing.T) {
	var c conf
	c.add("global", "fsid", "f", "osd pool default size", "1")
	c.add("osd", "debug osd", "1")
	c.set(Setting{"global", "osd_pool_default_size", "3"})
	c.set(Setting{"osd.0", "debug osd", "20"})
	assert.Equal(t, `[global]
fsid = f
osd pool default size = 3

[osd]
debug osd = 1

[osd.0]
debug osd = 20

`, c.String())
}

func TestConfOfCluster(t *testing.T) {
	p := &ports{host: ipv4Host, base: 20000, monitors: 1}
	memory := newConf("/dir", "f", p, &Config{OSDs: 5}).String()
	assert.Contains(t, memory, "mon host = [v2:127.0.0.1:20001,v1:127.0.0.1:20002]\n")
	assert.Contains(t, memory, "ms bind port min = 20003\n")
	assert.Contains(t, memory, "osd pool default size = 3\n")
	assert.Contains(t, memory, "osd objectstore = memstore\n")

	file := newConf("/dir", "f", p, &Config{OSDs: 1, BlueStore: 1 << 30, Settings: []Setting{{"mgr", "mgr_tick_period", "9"}}}).String()
	assert.Contains(t, file, "bluestore block size = 1073741824\n")
	assert.NotContains(t, file, "memstore")
	assert.Contains(t, file, "mgr tick period = 9\n")
	assert.NotContains(t, file, "mgr tick period = 1\n")
}

func TestConfOfMonitorsWithIPv6(t *testing.T) {
	conf := newConf("/dir", "f", &ports{host: ipv6Host, base: 20000, monitors: 2}, &Config{IPv6: true, Monitors: 2}).String()
	assert.Contains(t, conf, "mon host = [v2:[::1]:20001,v1:[::1]:20002],[v2:[::1]:20003,v1:[::1]:20004]\n")
	assert.Contains(t, conf, "public addr = ::1\n")
	assert.Contains(t, conf, "ms bind ipv4 = false\nms bind ipv6 = true\n")
	assert.Contains(t, conf, "ms bind port min = 20005\n")
}

func TestConfigOfEnvironment(t *testing.T) {
	t.Setenv(WireVariable, "crc")
	for text, want := range map[string]Config{
		"":            {Wire: WireCRC},
		"wire=secure": {Wire: WireSecure},
		"osds=3 mons=3  bluestore=4G ipv6 mds osd:bluestore_compression_mode=force": {
			Wire: WireCRC, OSDs: 3, Monitors: 3, BlueStore: 4 << 30, IPv6: true, MDS: true,
			Settings: []Setting{{"osd", "bluestore_compression_mode", "force"}},
		},
		"bluestore=4096": {Wire: WireCRC, BlueStore: 4096},
	} {
		t.Setenv(ClusterVariable, text)
		cfg, err := Environment()
		require.NoError(t, err)
		assert.Equal(t, want, cfg)
	}
	for text, want := range map[string]string{
		"osds=three": `RADOS_TEST_CLUSTER: "osds=three": strconv.Atoi`,
		"osd=3":      `"osd=3": it must be osds=N,`,
		"ipv6=no":    "ipv6 has no value",
		"bluestore":  "strconv.ParseInt",
	} {
		t.Setenv(ClusterVariable, text)
		_, err := Environment()
		assert.ErrorContains(t, err, want)
	}
}

func TestConfOfWire(t *testing.T) {
	p := &ports{host: ipv4Host, base: 20000, monitors: 1}
	assert.NotContains(t, newConf("/dir", "f", p, &Config{}).String(), "client mode")

	secure := newConf("/dir", "f", p, &Config{Wire: WireSecure, Settings: []Setting{{"global", "ms_mon_client_mode", "crc"}}}).String()
	for _, key := range []string{"cluster", "service", "client", "mon cluster", "mon service"} {
		assert.Contains(t, secure, "ms "+key+" mode = secure\n")
	}
	assert.Contains(t, secure, "ms mon client mode = crc\n", "settings count for more")
	assert.NotContains(t, secure, "compress")

	compressed := newConf("/dir", "f", p, &Config{Wire: WireCompressed}).String()
	assert.Contains(t, compressed, "ms client mode = crc\n")
	assert.Contains(t, compressed, "ms osd compress mode = force\n")
}

func TestVersion(t *testing.T) {
	for text, want := range map[string]string{
		"ceph version 14.2.21 (5ef401921d7a88aea18ec7558f7f9374ebd8f5a6) nautilus (stable)":    "14.2.21",
		"ceph version 18.2.7 (6b0e988052ec84cf2d4a54ff9bbbc5e720b621ad) reef (stable)":         "18.2.7",
		"ceph version 20.2.4~rc1 (0123456789012345678901234567890123456789) tentacle (stable)": "20.2.4~rc1",
	} {
		version, major, err := parseVersion(text)
		require.NoError(t, err)
		assert.Equal(t, want, version)
		assert.Equal(t, want[:2], fmt.Sprint(major))
	}
	_, _, err := parseVersion("ceph version Development (no_version)")
	assert.Error(t, err)
}

func TestKeyring(t *testing.T) {
	assert.Len(t, entities(&Config{OSDs: 2}), 5)
	assert.Len(t, entities(&Config{OSDs: 2, MDS: true}), 6)
	assert.Equal(t, `[client.x]
	key = c2VjcmV0
	caps mon = "allow r"
	caps osd = "allow *"
`, string(keyring([]entity{{name: "client.x", key: "c2VjcmV0", caps: []string{"mon", "allow r", "osd", "allow *"}}})))
}

func TestUUID(t *testing.T) {
	assert.Regexp(t, "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", newUUID())
	assert.NotEqual(t, newUUID(), newUUID())
}
