typedef void *rados_pin_t;
int rados_pin_move(rados_t cluster, rados_pin_t from, rados_pin_t *to);
struct rados_needle;
int rados_needle_use(rados_t cluster, const struct rados_needle *needle);
