typedef void *rados_t;
int rados_create(rados_t *cluster;
int rados_next(void);
