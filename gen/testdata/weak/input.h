/* Only the newer release has these. */
int rados_new(rados_t cluster, const char *name);
int rados_new_count(rados_t cluster);
void rados_new_setting(rados_t cluster);
int rados_new_number(void);
