#pragma pack(push, 1)
struct rados_frame { char tag; long size; };
#pragma pack(pop)
int rados_frame(struct rados_frame *f);
