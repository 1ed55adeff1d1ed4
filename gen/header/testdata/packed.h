#include <stdint.h>
struct __attribute__((packed)) rados_frame { uint8_t tag; uint64_t size; char name[3]; };
typedef struct { uint16_t a; uint32_t b; } __attribute__((__packed__)) rados_pair;
struct rados_line { uint8_t tag; uint64_t size; } __attribute__((aligned(64)));
