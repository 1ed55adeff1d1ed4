int rados_chore(rados_ioctx_t io, const char *oid, const char *how, size_t how_len, uint64_t often);
typedef void *rados_chores_t;
rados_chores_t rados_chores_new(void);
void rados_chores_free(rados_chores_t chores);
void rados_chores_do(rados_chores_t chores, const char *how, size_t how_len, uint64_t often);
int rados_chores_run(rados_chores_t chores, rados_ioctx_t io);
