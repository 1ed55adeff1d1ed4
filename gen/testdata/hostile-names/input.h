/* Parameters that are called as something in the shims is, or in Go, or in the headers of C. */
typedef void *rados_foe_t;
typedef void *rados_raid_t;
int rados_foe_one(rados_t rados_t, int ret, int shard, int refs, int outcome, int acquired, int init, int main, int C, int errno);
int rados_foe_two(rados_t self, const char *errno, const char *errno_len_, size_t errno_size, uint64_t *free, char *calloc, size_t calloc_len, int rados_foe_two);
int rados_foe_three(rados_t cluster, const char *oid, const char *oid_c, const char *oid_own, const char *oid_);
int rados_foe_four(rados_t cluster, const char *oid);
int rados_foe_five(rados_t cluster, const char *oid);
int rados_foe_six(rados_t cluster, const char **i, size_t strlen, size_t *EINVAL, char **size_t);
int rados_foe_seven(int, const char *, uint64_t *);
rados_foe_t rados_foe_new(void);
void rados_foe_free(rados_foe_t free);
void rados_foe_step(rados_foe_t in, const char *self, int step, const char *op, int *ret);
void rados_foe_raid(rados_foe_t in, rados_raid_t *iter, int *step);
int rados_raid_next(rados_raid_t ret, const char **iter, char **text, size_t *pairs);
void rados_raid_end(rados_raid_t iter);
int rados_foe_run(rados_foe_t in, rados_ioctx_t refs, const char *shard);
