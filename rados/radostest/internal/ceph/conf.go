package ceph

import (
	"fmt"
	"slices"
	"strings"
)

// Setting is one line of a section of ceph.conf.
type Setting struct {
	Section, Key, Value string
}

// conf is a ceph.conf: of several settings of one key in a section, the last
// one counts.
type conf []Setting

func (c *conf) add(section string, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		c.set(Setting{section, pairs[i], pairs[i+1]})
	}
}

func (c *conf) set(s Setting) {
	s.Key = strings.ReplaceAll(s.Key, "_", " ") // Ceph takes either
	same := func(old Setting) bool { return old.Section == s.Section && old.Key == s.Key }
	if i := slices.IndexFunc(*c, same); i >= 0 {
		(*c)[i] = s
		return
	}
	*c = append(*c, s)
}

func (c conf) String() string {
	var sections []string
	lines := map[string]string{}
	for _, s := range c {
		if _, known := lines[s.Section]; !known {
			sections = append(sections, s.Section)
		}
		lines[s.Section] += fmt.Sprintf("%s = %s\n", s.Key, s.Value)
	}
	var b strings.Builder
	for _, section := range sections {
		fmt.Fprintf(&b, "[%s]\n%s\n", section, lines[section])
	}
	return b.String()
}

// newConf is everything that a cluster in dir needs to know; no path of the
// system is touched. Releases warn about settings that they do not have, and
// go on.
func newConf(dir, fsid string, p *ports, cfg *Config) conf {
	first, last := p.others()
	var c conf
	c.add("global",
		"fsid", fsid,
		"mon host", p.allMonAddrs(),
		"public addr", p.host,
		"cluster addr", p.host,
		"ms bind ipv4", fmt.Sprint(p.host == ipv4Host),
		"ms bind ipv6", fmt.Sprint(p.host == ipv6Host),
		"ms bind port min", fmt.Sprint(first),
		"ms bind port max", fmt.Sprint(last),

		"auth cluster required", "cephx",
		"auth service required", "cephx",
		"auth client required", "cephx",
		"auth allow insecure global id reclaim", "false", // else the cluster is never healthy

		"keyring", dir+"/keyring",
		"run dir", dir,
	)
	for _, kind := range kinds {
		c.add(kind,
			kind+" data", dir+"/$name",
			"admin socket", dir+"/$name.asok",
			"pid file", dir+"/$name.pid",
			"log file", dir+"/$name.log",
		)
	}
	c.addMon(p)
	c.addMgr()
	c.addOSD(cfg)
	c.add("client", "admin socket", "", "pid file", "", "log file", "")
	c.addWire(cfg.Wire)
	for _, s := range cfg.Settings {
		c.set(s)
	}
	return c
}

func (c *conf) addMon(p *ports) {
	c.add("mon",
		"ms bind retry count", "1", // fail immediately: Start then takes other ports
		"ms bind retry delay", "0",
		"mon data avail crit", "1", // a full disk is the machine's affair
		"mon data avail warn", "1",

		// Changes of the maps would be gathered for a second each.
		"paxos propose interval", "0.01",
		"paxos min wait", "0.01",

		"mon allow pool delete", "true",
		"mon allow pool size one", "true",
		"mon warn on pool no redundancy", "false",
		"mon warn on pool no app", "false",

		// A daemon that dies or hangs is noticed within ten seconds, by its
		// peers or, if it was the only OSD, by its silence. All OSDs share a host.
		"mon tick interval", "1",
		"mon osd report timeout", "10",
		"mon osd min down reporters", "1",
		"mon osd reporter subtree level", "osd",
	)
}

// unusedModules are those of all releases that a cluster is healthy without.
// The mgr takes 0.1 to 0.5 s to import each, one after the other.
const unusedModules = "alerts ansible cephadm cli_api dashboard deepsea diskprediction_cloud diskprediction_local " +
	"feedback hello influx insights iostat k8sevents localpool mds_autoscaler mirroring nfs nvmeof osd_perf_query " +
	"osd_support prometheus restful rgw rook selftest smb snap_schedule ssh stats telegraf test_orchestrator zabbix"

func (c *conf) addMgr() {
	c.add("global", "mgr initial modules", "") // the monitor's list of what to enable
	c.add("mgr",
		"mgr disabled modules", strings.ReplaceAll(unusedModules, " ", ","),
		"mgr tick period", "1",
		"mgr connect retry interval", "0.1",
	)
	c.add("global", "mgr stats period", "1") // seconds between the reports that make up ceph df
}

func (c *conf) addOSD(cfg *Config) {
	replicas := fmt.Sprint(min(cfg.OSDs, 3))
	c.add("global", // the monitor and osdmaptool read these too
		"osd pool default size", replicas,
		"osd pool default min size", "1",
		"osd pool default pg num", "8",
		"osd pool default pgp num", "8",
		"osd pool default pg autoscale mode", "off",
		"osd crush chooseleaf type", "0", // replicas on OSDs, not hosts
		// An OSD creates no placement group beyond three times this number, and
		// those of deleted pools count until it has removed them.
		"mon max pg per osd", "10000",
		"osd heartbeat grace", "10",
	)
	c.add("osd",
		"osd crush update on start", "false", // the first map has the OSDs in their places
		"osd class load list", "*",
		"osd class default list", "*",
		"osd memory target", "939524096", // the least it accepts
		"osd heartbeat interval", "1",
		"osd beacon report interval", "2",
		"osd fast shutdown", "false", // it would lose what memstore holds
	)
	if cfg.BlueStore > 0 {
		c.add("osd", "osd objectstore", "bluestore", "bluestore block size", fmt.Sprint(cfg.BlueStore))
		return
	}
	c.add("osd", "osd objectstore", "memstore", "memstore device bytes", fmt.Sprint(4<<30))
}
