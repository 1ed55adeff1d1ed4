int rados_read_menu(rados_t cluster, const char *path);
int rados_order_meal(rados_t cluster, const char *name, const char *size);
