/* The result has no meaning; a negative number is no error either. */
const char *rados_greet(rados_t cluster, const char *whom);
int rados_wave(rados_t cluster, const char *whom);
typedef void *rados_idle_t;
rados_idle_t rados_idle_new(void);
void rados_idle_free(rados_idle_t idle);
int rados_idle_run(rados_idle_t idle, rados_ioctx_t io);
