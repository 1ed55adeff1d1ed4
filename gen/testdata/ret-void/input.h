void rados_turn(rados_ioctx_t io, uint64_t way);
