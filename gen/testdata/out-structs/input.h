typedef struct { char *title; int64_t pages; } rados_tome_t;
int rados_tomes(rados_t cluster, rados_tome_t *tomes, size_t tome_size, size_t *number);
int rados_tomes_clean(rados_tome_t *tomes, size_t tome_size, size_t number);
int rados_tomes_again(rados_t cluster, rados_tome_t *tomes, int *number);
void rados_tomes_done(rados_tome_t *tomes);
int rados_tomes_of(rados_t cluster, int64_t shelf, rados_tome_t *tomes, int number);
