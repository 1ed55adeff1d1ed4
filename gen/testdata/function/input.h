/* Without a handle there is nowhere to keep an error: what may be refused is returned. */
void rados_get_limits(int *low, int *high);
void rados_set_limit(int limit);
