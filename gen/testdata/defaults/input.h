int rados_lean(rados_t cluster, uint64_t tilt, int unused_tilt);
int rados_lean_far(rados_t cluster, uint64_t tilt, int unused_tilt);
typedef uint64_t rados_degree_t;
int rados_bow(rados_t cluster, rados_degree_t depth, rados_degree_t *reached);
