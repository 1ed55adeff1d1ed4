typedef void *rados_job_t;
rados_job_t rados_job_new(void);
void rados_job_free(rados_job_t job);
int rados_job_run(rados_job_t job, rados_ioctx_t io, const char *oid, int flags);
void rados_job_rest(rados_job_t job);
void rados_job_paint(rados_job_t job, const char *name, const char *buf, size_t len, uint64_t off, int shade, const char *unused);
void rados_job_match(rados_job_t job, const char *key, const char *val, size_t key_len, size_t val_len, uint8_t how, int *prval);
void rados_job_drop(rados_job_t job, const char *const *keys, const size_t *key_lens, size_t keys_len);
void rados_job_load(rados_job_t job, const char *const *keys, const char *const *vals, const size_t *key_lens, const size_t *val_lens, size_t num);
