#include <stdint.h>
struct rados_both { uint8_t a; uint64_t b; } __attribute__((packed, aligned(4)));
struct rados_field { uint8_t a; uint64_t b __attribute__((packed)); };
struct rados_apart { uint8_t a; uint64_t b __attribute__((aligned(32))); };
struct __attribute__((packed)) rados_frame { uint8_t tag; uint64_t size; };
struct rados_frames { struct rados_frame first, more[2]; };
