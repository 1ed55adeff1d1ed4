typedef enum { LIBRADOS_UP, LIBRADOS_DOWN } rados_way_t;
enum rados_turn { LIBRADOS_LEFT, LIBRADOS_RIGHT };
int rados_add(rados_t cluster, short a, unsigned char b, float third, double d, _Bool e, unsigned int f, long g, mode_t h, double *sum);
int rados_turn_over(rados_t cluster, int *order, rados_way_t *way, enum rados_turn *turn, _Bool *even, uint64_t *big);
int rados_squares(rados_t cluster, int *squares, int number);
int rados_total(rados_t cluster, const gid_t *ids, int number);
int rados_ways(rados_t cluster, rados_way_t *way, enum rados_turn *turn, unsigned short *small);
