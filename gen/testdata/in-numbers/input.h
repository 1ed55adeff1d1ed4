typedef uint64_t rados_mark_t;
int rados_marks(rados_t cluster, rados_mark_t *marks, int num);
