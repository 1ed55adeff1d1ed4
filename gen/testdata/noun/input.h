int rados_swap_seats(rados_ioctx_t io, int64_t seat, const char *oid, const char *row);
int rados_leave_seat(rados_ioctx_t io, const char *oid, const char *row);
