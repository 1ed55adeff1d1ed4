typedef void *rados_shelf_t;
int rados_shelf_make(rados_t cluster, rados_shelf_t *shelf);
void rados_shelf_end(rados_shelf_t shelf);
void rados_shelf_set_room(rados_shelf_t shelf, const char *room);
void rados_shelf_lock(rados_shelf_t shelf);
void rados_shelf_unlock(rados_shelf_t shelf);
int rados_shelf_set_height(rados_shelf_t shelf, uint64_t height);
int rados_shelf_set_marks(rados_shelf_t shelf, uint64_t *marks, int num);
