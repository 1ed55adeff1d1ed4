#include <stdint.h>
int rados_digest(const char *data, uint8_t out[16], char name[]);
int rados_names(int count, char names[][16], const char *const argv[], int cells[2][3]);
typedef void (*rados_digest_cb_t)(uint8_t digest[32], const char *lines[]);
int (rados_in_parentheses)(int n);
