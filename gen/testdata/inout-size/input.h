int rados_crew(rados_ioctx_t io, char *ship, size_t *ship_len, char *names, size_t *names_len);
