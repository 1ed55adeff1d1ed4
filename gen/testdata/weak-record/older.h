typedef void *rados_chore_t;
rados_chore_t rados_chore_new(void);
void rados_chore_free(rados_chore_t chore);
int rados_chore_run(rados_chore_t chore, rados_ioctx_t io);
void rados_chore_date(rados_chore_t chore, time_t *when, int *prval);
