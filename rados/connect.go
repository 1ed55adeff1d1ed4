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
// It returns ErrNotFound if no monitor's address or no key is configured, and waits for the
// monitors up to client_mount_timeout seconds (300 unless configured; Ceph 14.2 waits ten times
// as long), which can't be cut short, before it fails with ETIMEDOUT. EACCES says that the
// cluster refuses the user: it knows no such user, the key is another, or the user's
// capabilities do not even let it talk to monitors. EIO says that the keyring has no key
// that could be one, EISCONN that the Conn is connected, EINPROGRESS that another Connect is
// under way. After a failure the configuration can be changed, and Connect be tried again.
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
