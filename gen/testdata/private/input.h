typedef void *rados_reel_t;
typedef void *rados_spool_t;
int rados_reel_open(rados_t cluster, rados_reel_t *reel);
uint32_t rados_reel_position(rados_reel_t reel);
void rados_reel_close(rados_reel_t reel);
int rados_thread(rados_ioctx_t io, rados_spool_t *spool);
void rados_unthread(rados_spool_t spool);
int rados_pull(rados_spool_t spool, const char *name);
int rados_guess(const char *name);
