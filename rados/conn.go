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

// Connect connects to the cluster. The configuration must have been read or set
// before.
//
// It blocks until a monitor answers, or until client_mount_timeout seconds
// (default 300) elapse; Ceph 14.2 waits ten times as long. [Conn.ConnectContext]
// returns when its context is done, and its errors name the cause.
//
// It returns:
//   - [ErrNotFound] if no address of a monitor is configured, or if there is no
//     keyring and auth_client_required permits only cephx; if it permits "none" as
//     well, which is the default, a cluster that requires cephx rejects the user
//     with EACCES
//   - EINVAL if the host name of a monitor can't be resolved
//   - EACCES if the cluster rejects the user: the user does not exist, has another
//     key, or has no capability to talk to monitors
//   - EIO (Ceph 20.2: ErrNotFound) if the keyring has no valid key or can't be
//     parsed, such as a keyring without a newline at its end, which Ceph 14.2
//     accepts
//   - an [UnsafeFileError], with Ceph 16.2, if librados would end the process
//     because of the keyring
//   - EMFILE if the process can't open the file descriptors that librados needs
//     first, three for each of ms_async_op_threads; librados would end the process
//   - ETIMEDOUT if no monitor answers
//   - EISCONN if the Conn is connected
//   - EINPROGRESS while another Connect is in progress
//
// If a ConnectContext has returned because its context is done, Connect does not
// return EINPROGRESS or EISCONN. It waits for that attempt, and returns nil if the
// attempt succeeds or has succeeded already.
//
// After a failure the configuration can be changed, and Connect can be called
// again.
//
// Connect raises objecter_inflight_ops and objecter_inflight_op_bytes above the
// limits of [Conn.SetMaxInFlight], unless these options are configured.
//
// The first attempt connects the C handle that [Conn.Cluster] returned before. A
// handle that has failed can't be used again, so Cluster returns another handle
// after each further attempt.
//
// Implements: rados_cct, rados_create_with_context, rados_shutdown, rados_connect
func (c *Conn) Connect() error { return c.connectUntil(context.Background()) }

// ConnectContext is Connect with a context. When ctx is done, or c is closed, it
// returns an [ObjectError] in which errors.Is finds the reason. librados does not
// cancel the attempt, which may take client_mount_timeout: if it succeeds later,
// the Conn is connected. The next Connect waits for that attempt. It returns nil
// if the attempt has succeeded, and otherwise makes another attempt. If ctx is
// done already, ConnectContext sends nothing.
//
// If the attempt fails, the ObjectError contains an [OpenError], which names the
// user, and the keyring or monitors at fault.
func (c *Conn) ConnectContext(ctx context.Context) error {
	refused := c.precheck(ctx)
	err := c.connectUntil(detach.Closable(ctx))
	if err != nil && refused == nil {
		err = c.explain(ctx, err)
	}
	return c.wrap("ConnectContext", "", err)
}

// explain returns the OpenError of an attempt to connect, or err if that is no error of an attempt.
func (c *Conn) explain(ctx context.Context, err error) error {
	if _, closed := c.handle.Closed(); closed || c.handle.IsReady() || hasCode(err, int(syscall.EINPROGRESS)) || errors.Is(err, context.Canceled) {
		return err
	}
	return (*OpenError)(opener.Explain(ctx, c, err))
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

// SetLogger makes librados write its log to logger, not to the standard error or a
// file. The log explains errors, such as why librados ignored a keyring, and
// traces the work of librados with options such as debug_ms and debug_objecter.
// Call SetLogger after the configuration has been read and before [Conn.Connect],
// or set the field Logger of [Config].
//
// A line has the time at which librados wrote it, and the attributes priority and
// thread. Its level is ERROR for priority -1 of librados, WARN for 0, INFO up to
// 5, and DEBUG above. One goroutine calls logger for each line in turn. Lines that
// arrive faster than logger takes them are dropped; their number is logged. A
// second SetLogger replaces logger. To discard the log, pass
// slog.New([slog.DiscardHandler]). librados of Ceph 14.2 logs nothing before a
// monitor has answered.
//
// The last lines may reach logger after Shutdown has returned, and are lost if the
// process exits immediately. If librados ends the process over a failed assertion,
// it writes that to the standard error. The log contains keys in the cases that
// the section Rights of the package documentation lists.
//
// SetLogger sets the options log_file, log_to_file, log_to_stderr and
// err_to_stderr, which must not be set afterwards. They override those that the
// monitors have in their configuration database for the client. librados opens the
// log as a file in /proc; without /proc SetLogger returns an error of package os.
// It returns EINVAL if logger is nil or has no handler, and EISCONN if the Conn is
// connected.
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

// RegisterService registers this client with the cluster as a daemon of a service.
// `ceph service dump` lists it, with metadata, while the Conn is connected.
// RegisterService may be called before [Conn.Connect]. Connect then returns an
// error of the registration, although it has connected. RegisterService returns
// [ErrObjectExists] if the client is registered already.
//
// Implements: rados_service_register
func (c *Conn) RegisterService(service, daemon string, metadata map[string]string) error {
	err := c.wrap("RegisterService", "", c.registerForAttempts(service, daemon, metadata))
	return withArgument(err, "daemon", service+"."+daemon)
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
	// Connect may replace the C object. The daemon must be registered with the new one as well.
	c.settings.Record("service", again)
	if c.handle.Pointer() != before || !told && c.handle.IsReady() {
		return again(c) // Connect has returned meanwhile, perhaps before it could know
	}
	return nil
}

// ParseConfigArgvRemainder is [Conn.ParseConfigArgv] and also returns the
// arguments that are not options of Ceph, after the name of the program, so that
// the program can parse them.
//
// Implements: rados_conf_parse_argv_remainder
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
// the next known release is treated as this one.
const unsafeRelease = "16.2"

// checkFiles returns an UnsafeFileError if librados would end the process because
// of a file that check finds.
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

// SetMaxInFlight limits the number of calls of all IOContexts of the connection
// that are in flight at the same time, and the number of bytes that they transfer
// together. 0 selects the default: 1024 calls and 100 MiB. It returns EINVAL for a
// negative number.
//
// Further calls wait for admission. The IOContexts take turns, so that many calls
// of one IOContext do not delay a few calls of another. A call that alone exceeds
// the limit of bytes is admitted when no other call is in flight. A new limit does
// not affect calls that are in flight.
//
// The data of a write that was cancelled, or returned ETIMEDOUT, stays in memory
// until the OSD takes it or its connection is closed, which librados does not
// report. Data of 64 KiB or more counts against the limit until a Stat of the same
// object, sent after the write, is answered, at most for a minute, or until
// Shutdown. While such data fills the limit, calls that transfer data wait,
// whichever their OSD.
//
// librados has limits of its own, objecter_inflight_ops and
// objecter_inflight_op_bytes. Above those, each call blocks a thread and can't be
// cancelled. [Conn.Connect] raises them above the limits of this package, unless
// they are configured; then this package admits less than they permit. So call
// SetMaxInFlight before Connect, or do not exceed the limits that were set at
// Connect.
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

// SetMaxBlockingCalls limits the number of calls of the connection that block an
// OS thread each. Half of them may wait for OSDs, a quarter for monitors, an
// eighth for managers, and an eighth, which are calls of [NotifyEvent.Ack], for
// room in the limits of librados; each kind may have at least one. So calls to a
// daemon that does not answer do not delay calls to other daemons. 0 selects the
// default, 64. It returns EINVAL for a negative number.
//
// The limit applies to calls of which librados has no asynchronous form: Connect,
// PingMonitor, commands, methods about pools and pool snapshots, locks except
// Unlock and ReleaseLock, listings of objects, RollbackSnap,
// RollbackSelfManagedSnap, CachePin, CacheUnpin, and OperateWithMtime with
// libraries before Ceph 18. librados does not cancel them. Their forms with a
// context return when the context is done, or the IOContext or Conn is closed, and
// the call counts until librados returns from it. Further calls wait for
// admission, without a thread; the IOContexts, iterators and the Conn take turns.
// That wait ends when the context is done, or the IOContext or Conn is closed.
//
// A lower limit does not affect calls that are in flight. [Conn.SetMaxInFlight]
// limits the other calls.
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

// Ping asks the monitors for the newest OSD map, and blocks until one of them has
// answered, or ctx is done. nil means that the Conn reaches a monitor that is part
// of a quorum. It says nothing about OSDs: a call such as [IOContext.StatContext]
// shows whether the OSD of an object answers.
//
// Monitors that can't be reached are no error. librados connects to them again
// until ctx is done, so ctx should have a deadline. Then, or when c is closed, Ping
// returns an [ObjectError] in which errors.Is finds the reason, and
// [ErrNotConnected] before [Conn.Connect].
//
// [Conn.PingMonitor] asks one monitor, which need not be part of a quorum.
//
// Implements: rados_wait_for_latest_osdmap
func (c *Conn) Ping(ctx context.Context) error {
	return c.wrap("Ping", "", c.ping(detach.Closable(ctx)))
}

func (c *Conn) ping(ctx context.Context) (err error) {
	defer c.trace(&ctx, "Ping", "", 0).end(nil, &err)
	return c.latestMap(ctx)
}

// WaitForLatestOSDMap blocks until this connection has the newest OSD map, which
// contains the pools and settings that other clients changed before the call. It
// waits for the monitors without a limit, whatever the value of
// rados_mon_op_timeout; [Conn.WaitForLatestOSDMapContext] returns when its context
// is done.
//
// Methods that look up a pool or snapshot do the same before they return
// [ErrNotFound] or [ErrObjectExists]. If an older map contains the item, they
// return without asking the monitors.
//
// Implements: rados_wait_for_latest_osdmap
func (c *Conn) WaitForLatestOSDMap() error { return c.latestMapUntil(context.Background()) }

// WaitForLatestOSDMapContext is WaitForLatestOSDMap with a context. When ctx is
// done, or c is closed, it returns an [ObjectError] in which errors.Is finds the
// reason.
func (c *Conn) WaitForLatestOSDMapContext(ctx context.Context) error {
	return c.wrap("WaitForLatestOSDMapContext", "", c.latestMapUntil(detach.Closable(ctx)))
}

// latestMapUntil is WaitForLatestOSDMap that returns when ctx is done. Other methods call latestMap,
// which is not traced.
func (c *Conn) latestMapUntil(ctx context.Context) (err error) {
	defer c.trace(&ctx, "WaitForLatestOSDMap", "", 0).end(nil, &err)
	return c.latestMap(ctx)
}

// OpenIOContextByID returns an IOContext for reading and writing the objects of
// the pool with that id, in its default namespace. It returns [ErrNotFound] if the
// pool does not exist. [Conn.OpenIOContextByIDContext] returns when its context is
// done.
//
// Implements: rados_ioctx_create2
func (c *Conn) OpenIOContextByID(id int64) (*IOContext, error) {
	ioctx, err := c.openIOContextByIDUntil(context.Background(), id)
	return ioctx, withArgument(c.wrap("OpenIOContextByID", "", err), "pool", id)
}

// OpenIOContextByIDContext is OpenIOContextByID with a context. When ctx is done,
// or c is closed, it returns an [ObjectError] in which errors.Is finds the reason.
func (c *Conn) OpenIOContextByIDContext(ctx context.Context, id int64) (*IOContext, error) {
	ioctx, err := c.openIOContextByIDUntil(detach.Closable(ctx), id)
	return ioctx, withArgument(c.wrap("OpenIOContextByIDContext", "", err), "pool", id)
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
