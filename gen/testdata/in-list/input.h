int rados_join(rados_t cluster, const char **words, int number);
int rados_join_all(rados_t cluster, char *const *words);
int rados_join_packed(rados_t cluster, const char *words, size_t size);
int rados_join_ended(rados_t cluster, const char *words);
