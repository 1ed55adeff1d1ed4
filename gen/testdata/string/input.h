enum { LIBRADOS_MODE_SLOW = 1, LIBRADOS_MODE_SAFE = 2, LIBRADOS_HUE_RED = 0, LIBRADOS_HUE_BLUE = 1 };
int rados_string_mode(rados_t cluster, uint32_t mode, int hue);
