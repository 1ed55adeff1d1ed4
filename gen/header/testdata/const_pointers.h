#include <stddef.h>
typedef void *rados_write_op_t;
const char *rados_name(const void *p, char *const fixed, const size_t n);
void rados_set(rados_write_op_t op, char const *const *keys, const char **vals, const size_t *lens);
void rados_argv(int argc, const char *argv[], char *restrict out, unsigned maxlen, long long int big);
int rados_unnamed(int, const char *, struct rados_opaque *, unsigned char);
