/* The newer release has the other function instead. */
int rados_tidy(rados_t cluster, uint64_t room);
