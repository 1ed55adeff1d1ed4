package modelcheck

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	switch {
	case *duration == 0:
	case os.Getenv(aloneVariable) == "":
		os.Exit(runAlone())
	default:
		if err := arriveAlone(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	radostest.Main(m)
}

// aloneVariable is set in the process that has a network and a clock of its own, as far as it can. Its
// value is ownNetwork if it has the network.
const (
	aloneVariable = "MODELCHECK_ALONE"
	ownNetwork    = "network"
)

// runAlone runs this program again in a network namespace, where faults of the network meet no
// other process, and with a clock that can be wrong, and returns its exit code.
func runAlone() int {
	folder, err := os.MkdirTemp("", "modelcheck-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	clock := clockIn(folder)
	runtime.LockOSThread() // the end of the thread would be that of the process
	for _, network := range []bool{noNetwork() == "", false} {
		cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		cmd.Env = append(os.Environ(), aloneVariable+"=-")
		if network {
			cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWNET
			cmd.Env = append(cmd.Env, aloneVariable+"="+ownNetwork)
		}
		cmd.Env = append(cmd.Env, clock...)
		if err := cmd.Start(); err != nil {
			fmt.Fprintln(os.Stderr, "without a network of its own:", err)
			continue
		}
		cmd.Wait()
		return max(cmd.ProcessState.ExitCode(), 0)
	}
	return 1
}

// arriveAlone prepares the process that runAlone has started.
func arriveAlone() error {
	takeClock()
	if os.Getenv(aloneVariable) != ownNetwork {
		return nil
	}
	return exec.Command("ip", "link", "set", "lo", "up").Run()
}

// noNetwork is why there is no network of the test's own, or "".
func noNetwork() string {
	if os.Getuid() != 0 {
		return "a network namespace needs root"
	}
	for _, program := range []string{"iptables", "ip"} {
		if _, err := exec.LookPath(program); err != nil {
			return program + " is not installed"
		}
	}
	if alone := os.Getenv(aloneVariable); alone != "" && alone != ownNetwork {
		return "this machine makes no network namespace"
	}
	return ""
}

// daemonsGroup is the group of the daemons' processes, by which the kernel tells their packets from
// those of clients.
const daemonsGroup = "4711"

// inGroup makes all daemons members of daemonsGroup.
func inGroup() (options []radostest.Option) {
	for _, kind := range []string{"mon", "mgr", "osd"} {
		options = append(options, radostest.Config(kind, "setgroup", daemonsGroup))
	}
	return options
}

// filter lets rules of iptables have an effect on the packets sent, for a time up to the longest. A rule begins
// with its table, which is the same for all of them.
func (f *faults) filter(longest time.Duration, rules ...[]string) {
	for _, rule := range rules {
		f.iptables(append([]string{"-t", rule[0], "-A", "OUTPUT", "-p", "tcp"}, rule[1:]...)...)
	}
	f.hold(longest)
	table := rules[0][0]
	f.hit += packets(f.iptables("-t", table, "-nvxL", "OUTPUT"))
	f.iptables("-t", table, "-F", "OUTPUT")
}

func (f *faults) iptables(args ...string) string {
	out, err := exec.Command("iptables", append([]string{"-w"}, args...)...).CombinedOutput()
	require.NoError(f.t, err, "iptables %s: %s", strings.Join(args, " "), out)
	return string(out)
}

// packets is the number of packets that the rules of a list had an effect on.
func packets(list string) (sum int) {
	for line := range strings.Lines(list) {
		var n int
		if _, err := fmt.Sscan(line, &n); err == nil {
			sum += n
		}
	}
	return sum
}

// sometimes is the part of a rule by which it has an effect on a random share of the packets.
func sometimes(probability float64) []string {
	return []string{"-m", "statistic", "--mode", "random", "--probability", fmt.Sprint(probability)}
}

// addresses are those of one daemon.
type addresses struct {
	Vector []struct {
		Address string `json:"addr"`
	} `json:"addrvec"`
}

// ports are those of the addresses, as iptables takes them.
func (a addresses) ports(t *testing.T) string {
	var list []string
	for _, one := range a.Vector {
		_, port, err := net.SplitHostPort(one.Address)
		require.NoError(t, err)
		list = append(list, port)
	}
	return strings.Join(list, ",")
}

// monPorts are the ports of each monitor.
func (f *faults) monPorts() (list []string) {
	var dump struct {
		Mons []struct {
			Public addresses `json:"public_addrs"`
		} `json:"mons"`
	}
	f.ceph(&dump, "mon", "dump")
	for _, mon := range dump.Mons {
		list = append(list, mon.Public.ports(f.t))
	}
	return list
}

// osdPorts are the ports of one OSD for clients.
func (f *faults) osdPorts() string {
	var dump struct {
		OSDs []struct {
			Public addresses `json:"public_addrs"`
		} `json:"osds"`
	}
	f.ceph(&dump, "osd", "dump")
	return dump.OSDs[f.rng.IntN(len(dump.OSDs))].Public.ports(f.t)
}

// ceph runs the ceph program, and decodes its answer.
func (f *faults) ceph(answer any, args ...string) {
	out := f.cluster.Ceph(f.t, append(args, "--format", "json")...)
	require.NoError(f.t, json.Unmarshal([]byte(out), answer))
}

// effects are the kernel's counters of faults of the network, those that are not 0.
func effects() string {
	data, err := os.ReadFile("/proc/net/netstat")
	if err != nil {
		return err.Error()
	}
	names, values, _ := strings.Cut(string(data), "\n")
	values, _, _ = strings.Cut(values, "\n")
	value := strings.Fields(values)
	var list []string
	for i, name := range strings.Fields(names) {
		switch name {
		case "TCPTimeouts", "TCPLostRetransmit", "TCPFastRetrans", "TCPDSACKRecv", "TCPDSACKOfoRecv", "TCPOFOQueue", "TCPSACKReorder", "TCPTSReorder":
			list = append(list, name+" "+value[i])
		}
	}
	return strings.Join(list, ", ")
}
