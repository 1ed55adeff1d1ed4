enum { LIBRADOS_ZERO, LIBRADOS_ONE, LIBRADOS_BIT = 1 << 4, LIBRADOS_NEXT, OTHER };
enum { LIBRADOS_MINUS = -1, LIBRADOS_HEX = 0x40, LIBRADOS_BIG = 0xffffffff };
typedef enum { LIBRADOS_TYPE_A = LIBRADOS_BIT | 1 } rados_type_t;
typedef enum rados_tagged { LIBRADOS_TYPE_B = 2 } rados_tagged_t;
int rados_use(rados_type_t a, rados_tagged_t b, enum rados_tagged c);
