struct rados_growing_t { uint64_t bytes; uint64_t objects; uint32_t omaps; };
struct rados_fresh_t { int64_t age; };
typedef uint64_t rados_amount_t;
int rados_get_growing(rados_t cluster, struct rados_growing_t *result);
int rados_get_fresh(rados_t cluster, struct rados_fresh_t *result);
int rados_set_amount(rados_t cluster, const rados_amount_t amount, int64_t sign);
