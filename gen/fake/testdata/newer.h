/* what the newer release adds */
struct new_t { int x; };
typedef void *new_handle;
typedef int (*new_callback)(void *arg);
int rados_new_struct(rados_t cluster, struct new_t *s);
int rados_new_object(new_handle handle, const char *name);
