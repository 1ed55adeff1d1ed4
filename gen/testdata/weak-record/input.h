/* A step that falls back on whole seconds, and two that some library lacks. */
typedef void *rados_chore_t;
rados_chore_t rados_chore_new(void);
void rados_chore_free(rados_chore_t chore);
int rados_chore_run(rados_chore_t chore, rados_ioctx_t io);
void rados_chore_date(rados_chore_t chore, time_t *when, int *prval);
void rados_chore_date2(rados_chore_t chore, struct timespec *when, int *prval);
void rados_chore_sweep(rados_chore_t chore, uint64_t off);
void rados_chore_dust(rados_chore_t chore, const char *const *keys, const size_t *key_lens, size_t keys_len);
