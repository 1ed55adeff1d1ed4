int rados_lean(rados_t cluster, uint64_t tilt, int unused_tilt);
int rados_lean_far(rados_t cluster, uint64_t tilt, int unused_tilt);
