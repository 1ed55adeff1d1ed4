package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"

	"github.com/go-rados/go-rados/rados"
)

// machine describes the machine and the cluster.
func machine(p *pool) []string {
	list := []string{
		fmt.Sprintf("%d processors (%s), which the cluster's daemons share", runtime.NumCPU(), field("/proc/cpuinfo", "model name")),
		"memory: " + field("/proc/meminfo", "MemTotal"),
		"system: " + field("/etc/os-release", "PRETTY_NAME") + ", Linux " + kernel(),
		runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH,
	}
	return append(list, cluster(p.conn))
}

// field returns the value of a "name: value" or "name=value" line of a file.
func field(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.Replace(line, "=", ":", 1), ":")
		if strings.TrimSpace(key) == name {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return "unknown"
}

func kernel() string {
	var u syscall.Utsname
	if syscall.Uname(&u) != nil {
		return "unknown"
	}
	var b strings.Builder
	for _, c := range u.Release {
		if c == 0 {
			break
		}
		b.WriteByte(byte(c))
	}
	return b.String()
}

// cluster describes the cluster by the metadata of its OSDs.
func cluster(conn *rados.Conn) string {
	answer, _, err := conn.MonCommand([]byte(`{"prefix": "osd metadata", "format": "json"}`))
	var osds []struct {
		Version string `json:"ceph_version_short"`
		Store   string `json:"osd_objectstore"`
	}
	if err != nil || json.Unmarshal(answer, &osds) != nil || len(osds) == 0 {
		return "cluster: unknown"
	}
	return fmt.Sprintf("cluster: Ceph %s, %d OSD (%s), on the loopback device", osds[0].Version, len(osds), osds[0].Store)
}
