#include <stdint.h>
struct rados_register { volatile uint32_t now; const volatile char *text; };
int rados_spin(volatile int *flag, const volatile uint64_t *clock);
