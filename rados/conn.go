//go:build cgo

package rados

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/cmdline"
	"github.com/go-rados/go-rados/internal/conffile"
	"github.com/go-rados/go-rados/internal/ctxerr"
	"github.com/go-rados/go-rados/internal/detach"
	"github.com/go-rados/go-rados/internal/liblog"
	"github.com/go-rados/go-rados/internal/throttle"
)

// Connect connects to the cluster. The configuration must have been read or set before.
//
// It waits for the monitors up to client_mount_timeout seconds (300 unless configured; Ceph 14.2
// waits ten times as long); ConnectContext returns when its context is done. It returns
//   - ErrNotFound if no monitor's address is configured, or if there is no keyring and
//     auth_client_required allows only cephx. If it allows "none" as well, as it does unless
//     configured, a cluster that requires cephx refuses the user: EACCES;
//   - EINVAL if the name of a monitor's host can't be resolved;
//   - EACCES if the cluster refuses the user: it knows no such user, the key is another, or the
//     user's capabilities do not allow it to talk to monitors;
//   - EIO (Ceph 20.2: ErrNotFound) if the keyring can't be parsed, such as one without a newline
//     at its end, which Ceph 14.2 accepts, or if it has no valid key;
//   - an UnsafeFileError, with Ceph 16.2, if librados would end the process over the keyring;
//   - EMFILE if the process can't open the file descriptors that librados needs at first, three
//     for each of ms_async_op_threads: it would end the process;
//   - ETIMEDOUT if no monitor answers;
//   - EISCONN if the Conn is connected, EINPROGRESS while another Connect is in progress. After a
//     ConnectContext that has returned because its context is done, Connect waits for that attempt
//     instead, and returns nil if the attempt succeeds or has succeeded already.
//
// After a failure the configuration can be changed, and Connect be tried again.
//
// Connect sets objecter_inflight_ops and objecter_inflight_op_bytes to more than the Conn has in
// flight, unless they are configured; see SetMaxInFlight.
//
// The first attempt connects the C handle that Cluster has returned before. A handle that has failed
// can't be used again, so that Cluster returns another one after each attempt that follows.
//
// Implements:
//
//	rados_config_t rados_cct(rados_t cluster)
//	int rados_create_with_context(rados_t *cluster, rados_config_t cct)
//	void rados_shutdown(rados_t cluster)
//	int rados_connect(rados_t cluster)
func (c *Conn) Connect() error { return c.connectUntil(context.Background()) }

// ConnectContext is Connect with a context. When ctx is done, or c is closed, it returns an
// ObjectError in which errors.Is finds the reason. librados does not cancel the attempt, which may
// take client_mount_timeout: if it succeeds later, the Conn is connected. The next Connect waits for
// the attempt. It returns nil if the attempt has succeeded, also before that call, and makes an
// attempt of its own otherwise. If ctx is done already, ConnectContext sends nothing.
func (c *Conn) ConnectContext(ctx context.Context) error {
	return c.wrap("ConnectContext", "", c.connectUntil(detach.Closable(ctx)))
}

// connectUntil is Connect that returns when ctx is done.
func (c *Conn) connectUntil(ctx context.Context) (err error) {
	defer c.trace(&ctx, "Connect", "", 0).end(nil, &err)
	if err := c.precheck(ctx); err != nil {
		return err
	}
	if ctx.Done() != nil { // Abandon needs a context that no other attempt has
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
	}
	for {
		if abandoned := c.handle.Abandoned(); abandoned != nil {
			select {
			case <-abandoned:
			case <-ctx.Done():
				return ctxerr.Of(ctx)
			case <-c.handle.Done():
				return c.handle.Err()
			}
			if c.handle.IsReady() {
				c.handle.Settle()
				return c.settings.Apply(c)
			}
		}
		err := c.handle.Replaceable(radosError(-int(syscall.EISCONN)), radosError(-int(syscall.EINPROGRESS)))
		if err == nil {
			err = admit.Run(ctx, c.blocking(throttle.Mon), func() error { return c.connectOnce(ctx) })
		}
		if hasCode(err, int(syscall.EINPROGRESS), int(syscall.EISCONN)) && c.handle.Abandoned() != nil {
			continue // an attempt began meanwhile, whose caller had returned
		}
		if err != nil && ctx.Err() != nil {
			c.handle.Abandon(ctx)
		}
		return err
	}
}

// connectOnce makes one attempt to connect.
func (c *Conn) connectOnce(ctx context.Context) error {
	c.admission.Configure(c)
	before := c.handle.Pointer()
	err := c.connect(ctx)
	if err == nil {
		return c.settings.Apply(c)
	}
	if c.handle.Pointer() != before {
		c.settings.Apply(c) // for the next attempt; the error of this one is returned
	}
	return err
}

// checkConnect returns an error if librados would end the process when it connects.
func (c *Conn) checkConnect() error {
	if c == nil {
		return ErrNotConnected
	}
	if err := c.checkDescriptors(); err != nil {
		return err
	}
	return c.checkFiles(conffile.Guard.Connect)
}

// checkDescriptors returns EMFILE or ENFILE if the process can't open the file descriptors
// without which librados ends it: three for each thread of its messenger.
func (c *Conn) checkDescriptors() error {
	text, err := c.GetConfigOption("ms_async_op_threads")
	if err != nil {
		return nil // the caller will return it
	}
	threads, _ := strconv.Atoi(text)
	for range (3*threads + 1) / 2 {
		r, w, err := os.Pipe()
		if err != nil {
			var errno syscall.Errno
			if errors.As(err, &errno) {
				return radosError(-int(errno))
			}
			return err
		}
		defer r.Close()
		defer w.Close()
	}
	return nil
}

// SetLogger makes librados write its own log to logger instead of the standard error or a file: what it
// can't tell by an error, such as why a keyring was passed over, and with options such as debug_ms or
// debug_objecter what it does. It is called after the configuration has been read and before Connect;
// see also the field Logger of [Config].
//
// A line has the time at which librados wrote it, and the attributes priority and thread. Its level
// is ERROR for librados' priority -1, WARN for 0, INFO up to 5, and DEBUG above. logger is called on
// a goroutine of its own, one line at a time. Lines for which it is too slow are dropped, and it is told
// how many. A second SetLogger replaces logger. librados of Ceph 14.2 logs nothing before a monitor has
// answered. The last lines may reach logger after Shutdown has returned: they are lost if the process
// ends immediately.
//
// SetLogger sets the options log_file, log_to_file, log_to_stderr and err_to_stderr, which must not be
// set afterwards. They precede what the monitors' configuration database has for the client. librados
// opens the log as a file in /proc: without it SetLogger returns an error of package os. It returns
// EINVAL if logger is nil or has no handler, and EISCONN if the Conn is connected.
func (c *Conn) SetLogger(logger *slog.Logger) error {
	return c.wrap("SetLogger", "", c.setLogger(logger))
}

// setLogger is SetLogger with a bare error.
func (c *Conn) setLogger(logger *slog.Logger) error {
	shard, err := c.enterSetup()
	if err != nil {
		return err
	}
	defer c.exit(shard)
	switch {
	case logger == nil, logger.Handler() == nil:
		return radosError(-int(syscall.EINVAL))
	case c.handle.IsReady(): // librados refuses to set the options, with ENOSYS
		return radosError(-int(syscall.EISCONN))
	}
	log, err := liblog.New(logger)
	if err != nil {
		return err
	}
	if _, err := c.handle.NewChild(nil, func(unsafe.Pointer) { log.Close() }); err != nil {
		return err
	}
	return c.writeLog(log.Path)
}

// writeLog makes librados write its log to a file only. It applies the options of the log when it reads
// a file, also an empty one, and only those that have changed.
func (c *Conn) writeLog(path string) error {
	for _, options := range [][][2]string{
		{{"err_to_stderr", "true"}},
		{{"err_to_stderr", "false"}, {"log_to_stderr", "false"}, {"log_to_file", "true"}, {"log_file", path}},
	} {
		for _, option := range options {
			if err := c.SetConfigOption(option[0], option[1]); err != nil {
				return err
			}
		}
		if err := c.ReadConfigFile(os.DevNull); err != nil {
			return err
		}
	}
	return nil
}

// RegisterService makes this client known to the cluster as a daemon of a service: `ceph
// service dump` shows it, with metadata, while the Conn is connected. It can be
// called before Connect, which then returns the error if there is one, though it has
// connected. It returns ErrObjectExists if the client is registered already.
//
// Implements:
//
//	int rados_service_register(rados_t cluster, const char *service, const char *daemon, const char *metadata_dict)
func (c *Conn) RegisterService(service, daemon string, metadata map[string]string) error {
	return c.wrap("RegisterService", "", c.registerForAttempts(service, daemon, metadata))
}

// registerForAttempts is RegisterService with a bare error. It registers the daemon with the C object of each
// attempt to connect.
func (c *Conn) registerForAttempts(service, daemon string, metadata map[string]string) error {
	shard, err := c.enterSetup()
	if err != nil {
		return err
	}
	defer c.exit(shard)
	metadata = maps.Clone(metadata)
	again := func(c *Conn) error {
		err := c.registerService(service, daemon, metadata)
		if errors.Is(err, ErrObjectExists) {
			return nil
		}
		return err
	}
	// librados can't register while it connects. Then Connect does it afterwards.
	before := c.handle.Pointer()
	told := c.handle.UnlessReplacing(func() {
		err = c.registerService(service, daemon, metadata)
	})
	if err != nil {
		return err
	}
	// The C object may be replaced by Connect. The other one has to be told as well.
	c.settings.Record("service", again)
	if c.handle.Pointer() != before || !told && c.handle.IsReady() {
		return again(c) // Connect has returned meanwhile, perhaps before it could know
	}
	return nil
}

// ParseConfigArgvRemainder is ParseConfigArgv that returns the arguments that are no
// options of Ceph, the program's name first, for the program to parse.
//
// Implements:
//
//	int rados_conf_parse_argv_remainder(rados_t cluster, int argc, const char **argv, const char **remargv)
func (c *Conn) ParseConfigArgvRemainder(argv []string) ([]string, error) {
	rest, err := c.parseArgvRemainder(argv)
	return rest, c.wrap("ParseConfigArgvRemainder", "", err)
}

// parseArgvRemainder is ParseConfigArgvRemainder with a bare error.
func (c *Conn) parseArgvRemainder(argv []string) ([]string, error) {
	given := argv
	if len(argv) > 0 && strings.HasPrefix(argv[0], "-") { // librados would take the name for an option
		given = slices.Clone(argv)
		given[0] = "./" + argv[0]
	}
	if err := c.checkArgv(argv); err != nil {
		return nil, err
	}
	rest, err := c.parseArgv(given)
	if err != nil {
		return nil, err
	}
	rest[0] = argv[0]
	return append(rest, argv[len(cmdline.Effective(argv)):]...), nil
}

// unsafeRelease is the release whose parser ends the process. A library between it and
// the next known one counts as this one.
const unsafeRelease = "16.2"

// checkFiles returns an UnsafeFileError if librados would end the process over a file that check
// finds.
func (c *Conn) checkFiles(check func(conffile.Guard) (path string, line int)) error {
	if loadedRelease() != unsafeRelease {
		return nil
	}
	if path, line := check(conffile.Guard{Config: c}); line > 0 {
		return &UnsafeFileError{path, line}
	}
	return nil
}

// checkConfigFile is checkFiles for the configuration file that librados reads for a list of paths.
func (c *Conn) checkConfigFile(list string) error {
	return c.checkFiles(func(g conffile.Guard) (string, int) { return g.File(list) })
}

// checkDefaultConfigFile is checkFiles for the configuration file that librados reads by default.
func (c *Conn) checkDefaultConfigFile() error { return c.checkConfigFile(conffile.DefaultPaths()) }

// checkArgv is checkFiles for the name of a program and its arguments.
func (c *Conn) checkArgv(argv []string) error {
	if c == nil || len(argv) == 0 {
		return nil // the caller will refuse it
	}
	return c.checkFiles(func(g conffile.Guard) (string, int) { return g.Arguments(cmdline.Effective(argv)[1:]) })
}

// checkCmdLineArgs is checkArgv for arguments without a name before them.
func (c *Conn) checkCmdLineArgs(args []string) error {
	return c.checkArgv(append([]string{""}, args...))
}

// checkOption is checkFiles for an option that is set.
func (c *Conn) checkOption(option, value string) error {
	return c.checkFiles(func(g conffile.Guard) (string, int) { return g.Option(option, value) })
}

// checkEnvironment is checkFiles for CEPH_ARGS and CEPH_KEYRING.
func (c *Conn) checkEnvironment() error {
	if c == nil {
		return ErrNotConnected
	}
	return c.checkFiles(conffile.Guard.Environment)
}

// SetMaxInFlight sets how many calls of all IOContexts of the connection, and how many bytes
// that they move together, may be in flight at the same time; 0 stands for the default, 1024 calls
// and 100 MiB. Further calls wait for their turn, one of each IOContext after the other, so that
// many calls of one IOContext do not delay the few of another. A call that exceeds the bytes is
// admitted alone.
//
// The data of a write that was cancelled, or returned ETIMEDOUT, stays in memory until the
// OSD takes it or its connection is closed, which librados does not report. From 64 KiB on its bytes
// count until a Stat of the same object, sent after it, is answered, for a minute at most, or until
// Shutdown. While they take all the room, calls that move data wait, whatever their OSD.
//
// librados has bounds of its own, objecter_inflight_ops and objecter_inflight_op_bytes: past
// those it keeps a thread waiting for each call, which can't be cut short. Connect sets them
// to more than may be in flight here, unless they are configured; then less may be in flight
// than they are. So call SetMaxInFlight before Connect, or set less than the bounds were
// then. Calls that are in flight already are not delayed. It returns EINVAL for less than 0.
func (c *Conn) SetMaxInFlight(calls int, bytes int64) error {
	shard, err := c.enterSetup()
	if err != nil {
		return c.wrap("SetMaxInFlight", "", err)
	}
	defer c.exit(shard)
	if calls < 0 || bytes < 0 {
		return c.wrap("SetMaxInFlight", "", radosError(-int(syscall.EINVAL)))
	}
	c.admission.InFlight.SetMax(calls, bytes)
	return nil
}

// SetMaxBlockingCalls sets how many calls of the connection may block an OS thread each. Half of
// them may wait for OSDs, a quarter for monitors, an eighth for managers, and an eighth, which are calls
// of NotifyEvent.Ack, for room in librados' own bounds, but at least one of each: calls to a daemon
// that does not answer do not delay those to others. 0 stands for the default, 64. It returns EINVAL
// for less than 0.
//
// librados has no asynchronous form of these calls: Connect, PingMonitor, commands, what works on
// pools and pool snapshots, locks except Unlock and ReleaseLock, listings of objects, RollbackSnap,
// RollbackSelfManagedSnap, CachePin, CacheUnpin, and with libraries before Ceph 18 OperateWithMtime. librados does not cancel them. Their
// forms with a context return when the context is done, or the IOContext or Conn is closed, and the
// call counts until librados returns from it. Beyond the bound a call waits for its turn, which takes
// no thread: one of each IOContext, iterator and Conn after the other. Such a wait ends when the
// context is done, and when the IOContext or Conn is closed.
//
// A lower bound does not affect calls that are in flight. SetMaxInFlight bounds the other calls.
func (c *Conn) SetMaxBlockingCalls(calls int) error {
	shard, err := c.enterSetup()
	if err != nil {
		return c.wrap("SetMaxBlockingCalls", "", err)
	}
	defer c.exit(shard)
	if calls < 0 {
		return c.wrap("SetMaxBlockingCalls", "", radosError(-int(syscall.EINVAL)))
	}
	c.admission.Blocking.SetMax(calls)
	return nil
}

// WaitForLatestOSDMap waits until this connection has the newest OSD map, so that it knows
// the pools and settings that others have made before the call. It blocks until the monitors
// answer, whatever the value of rados_mon_op_timeout; WaitForLatestOSDMapContext returns when its
// context is done.
//
// Methods that look for a pool or snapshot do the same before they return ErrNotFound or
// ErrObjectExists. What they find in an older map they return without asking the monitors.
//
// Implements:
//
//	int rados_wait_for_latest_osdmap(rados_t cluster)
func (c *Conn) WaitForLatestOSDMap() error { return c.latestMapUntil(context.Background()) }

// WaitForLatestOSDMapContext is WaitForLatestOSDMap with a context. When ctx is done, or c is closed,
// it returns an ObjectError in which errors.Is finds the reason.
func (c *Conn) WaitForLatestOSDMapContext(ctx context.Context) error {
	return c.wrap("WaitForLatestOSDMapContext", "", c.latestMapUntil(detach.Closable(ctx)))
}

// latestMapUntil is WaitForLatestOSDMap that returns when ctx is done. Other methods call latestMap,
// which is not traced.
func (c *Conn) latestMapUntil(ctx context.Context) (err error) {
	defer c.trace(&ctx, "WaitForLatestOSDMap", "", 0).end(nil, &err)
	return c.latestMap(ctx)
}

// OpenIOContextByID opens the pool of that id for reading and writing, in its default namespace.
// It returns ErrNotFound if there is no such pool. [Conn.OpenIOContextByIDContext] returns when
// its context is done.
//
// Implements:
//
//	int rados_ioctx_create2(rados_t cluster, int64_t pool_id, rados_ioctx_t *ioctx)
func (c *Conn) OpenIOContextByID(id int64) (*IOContext, error) {
	ioctx, err := c.openIOContextByIDUntil(context.Background(), id)
	return ioctx, c.wrap("OpenIOContextByID", "", err)
}

// OpenIOContextByIDContext is OpenIOContextByID with a context. When ctx is done, or c is closed, it
// returns an ObjectError in which errors.Is finds the reason.
func (c *Conn) OpenIOContextByIDContext(ctx context.Context, id int64) (*IOContext, error) {
	ioctx, err := c.openIOContextByIDUntil(detach.Closable(ctx), id)
	return ioctx, c.wrap("OpenIOContextByIDContext", "", err)
}

// openIOContextByIDUntil is OpenIOContextByID that returns when ctx is done.
func (c *Conn) openIOContextByIDUntil(ctx context.Context, id int64) (_ *IOContext, err error) {
	defer c.trace(&ctx, "OpenIOContextByID", "", 0).end(nil, &err)
	open := func() (*IOContext, error) { return c.openIOContextByID(id) }
	return admit.RunUndo(ctx, c.blocking(throttle.Mon), open, (*IOContext).Destroy)
}

// latestMap blocks until the connection has the newest OSD map, or ctx is done.
func (c *Conn) latestMap(ctx context.Context) error {
	return c.latestMapFor(ctx, c.blocking(throttle.Mon))
}

// latestMapFor is latestMap for the call b.
func (c *Conn) latestMapFor(ctx context.Context, b admit.Blocking) error {
	return admit.Run(ctx, b, c.waitForLatestOSDMap)
}
