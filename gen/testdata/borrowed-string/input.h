const char *rados_motto(rados_t cluster);
const char *rados_anthem(rados_t cluster, int verse);
const char *rados_edition(int *year, int *print);
int rados_proverb(rados_t cluster, const char **text);
