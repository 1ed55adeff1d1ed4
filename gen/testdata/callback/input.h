typedef void (*rados_watchcb2_t)(void *arg, uint64_t notify_id, uint64_t handle, uint64_t notifier_id, void *data, size_t data_len);
typedef void (*rados_watcherrcb_t)(void *pre, uint64_t cookie, int err);
int rados_look_out(rados_ioctx_t io, const char *oid, uint64_t *cookie, rados_watchcb2_t cb, rados_watcherrcb_t errcb, void *arg);
typedef void (*rados_hailcb_t)(void *arg, int32_t distance, const char *event, const char *, short color);
int rados_hail(rados_t cluster, rados_hailcb_t cb, void *arg);
typedef void (*rados_signcb_t)(const char *mark, size_t n, void *arg);
int rados_sign(rados_t cluster, rados_signcb_t cb, void *arg);
