int rados_once(int a);
int rados_twice(const char *name);
int rados_twice(const char *other);
