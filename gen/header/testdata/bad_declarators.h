#include <stddef.h>
int (*rados_getter(int a))(int);
int (*rados_row(int a))[3];
typedef void (**rados_pointer_t)(int);
typedef int (*(*rados_maker_t)(int))(int);
int rados_array_pointer(char (*p)[4]);
int rados_at_least(char w[static 3]);
int rados_as_long(int n, char v[n]);
int rados_volatile(char *volatile *g);
int rados_atomic(_Atomic int *h, _Atomic(int) *i);
int rados_restrict(char *restrict *i);
int rados_callbacks(char (*p[4])(int));
