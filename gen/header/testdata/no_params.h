typedef void *rados_op_t;
rados_op_t rados_create_op(void);
unsigned long *rados_old_style();
static inline int rados_defined_here(void) { return 0; }
int other_library(void);
extern int rados_variable;
