int rados_lookup_place(rados_t cluster, const char *name, int64_t *id);
int rados_make_place(rados_t cluster, const char *name);
int rados_list_places(rados_t cluster, int64_t *count);
