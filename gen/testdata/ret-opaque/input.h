typedef void *rados_peg_t;
rados_peg_t rados_peg_make(rados_t cluster);
struct rados_pole;
struct rados_pole *rados_pole_of(rados_t cluster);
