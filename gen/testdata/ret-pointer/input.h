struct rados_nook;
typedef struct rados_nook rados_nook_t;
void rados_nook_end(rados_nook_t *nook);
struct rados_nook *rados_nook_find(rados_t cluster, int number);
rados_nook_t *rados_nook_new(int number);
void rados_nook_make(struct rados_nook **nook);
int rados_nooks(rados_t cluster);
