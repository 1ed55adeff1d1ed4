typedef enum { RADOS_SHADE_LIGHT = 1, RADOS_SHADE_DARK = 2 } rados_shade_t;
int rados_set_color(rados_t cluster, int red, uint8_t green, uint64_t blue, int shade);
int rados_remove_color(rados_t cluster, unsigned red);
