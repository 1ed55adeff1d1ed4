int rados_paint(rados_t cluster, const char *wall, const char *coat, size_t coat_len, int color, uint64_t *left);
int rados_repaint(rados_t cluster, const char *wall, const char *coat, size_t coat_len, uint64_t *left);
int rados_paint_again(rados_t cluster, const char *wall, const char *coat, size_t coat_len, int color, uint64_t *left);
int rados_wash(rados_t cluster);
