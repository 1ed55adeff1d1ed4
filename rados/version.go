package rados

// GetLastVersion returns the version of the object that was last read or written through
// this IOContext, 0 before the first and perhaps after one that failed. It is shared by all
// goroutines that use the IOContext. Locks do not count.
//
// Implements:
//
//	uint64_t rados_aio_get_version(rados_completion_t c)
func (ioctx *IOContext) GetLastVersion() (uint64, error) {
	lane, err := ioctx.enterSetup()
	if err != nil {
		return 0, err
	}
	defer ioctx.exit(lane)
	return ioctx.handle.Version(), nil
}
