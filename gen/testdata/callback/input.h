typedef void (*rados_watchcb2_t)(void *arg, uint64_t notify_id, uint64_t handle, uint64_t notifier_id, void *data, size_t data_len);
typedef void (*rados_watcherrcb_t)(void *pre, uint64_t cookie, int err);
int rados_look_out(rados_ioctx_t io, const char *oid, uint64_t *cookie, rados_watchcb2_t cb, rados_watcherrcb_t errcb, void *arg);
