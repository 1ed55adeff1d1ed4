typedef void *rados_batch_t;
rados_batch_t rados_batch(void);
int rados_batch_run(rados_batch_t batch, rados_ioctx_t ctx, const char *oid);
void rados_batch_drop(rados_batch_t b);
