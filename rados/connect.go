package rados

import (
	"errors"
	"maps"
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

// Connect connects to the cluster. The configuration must have been read or set before.
//
// It waits for the monitors up to client_mount_timeout seconds (300 unless configured; Ceph 14.2
// waits ten times as long), which can't be cut short, and returns
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
//   - EISCONN if the Conn is connected, EINPROGRESS while another Connect is in progress.
//
// After a failure the configuration can be changed, and Connect be tried again.
//
// What librados admits at once, objecter_inflight_ops and objecter_inflight_op_bytes, is set to
// more than the Conn has under way, unless it is configured; see SetMaxInFlight.
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
func (c *Conn) Connect() error {
	var before unsafe.Pointer
	if c != nil && c.handle != nil {
		c.makeRoom()
		before = c.handle.Pointer()
	}
	err := c.connect()
	if err == nil {
		return c.settings.Apply(c)
	}
	if before != nil && c.handle.Pointer() != before {
		c.settings.Apply(c) // with what is there for the next attempt; Connect returns why this one failed
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
	return c.checkKeyring()
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

// RegisterService makes this client known to the cluster as a daemon of a service: `ceph
// service dump` shows it, with metadata, for as long as the Conn is connected. It can be
// called before Connect, which then returns the error if there is one, though it has
// connected. It returns ErrObjectExists if the client is registered already.
//
// Implements:
//
//	int rados_service_register(rados_t cluster, const char *service, const char *daemon, const char *metadata_dict)
func (c *Conn) RegisterService(service, daemon string, metadata map[string]string) error {
	lane, err := c.enterSetup()
	if err != nil {
		return err
	}
	defer c.exit(lane)
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
	told := c.handle.Unattempted(func() {
		err = c.registerService(service, daemon, metadata)
	})
	if err != nil {
		return err
	}
	// The C object may be replaced by Connect. The other one has to be told as well.
	c.settings.Note("service", again)
	if c.handle.Pointer() != before || !told && c.handle.IsReady() {
		return again(c) // Connect has ended meanwhile, perhaps before it could know
	}
	return nil
}
