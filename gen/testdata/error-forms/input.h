int rados_rent(rados_ioctx_t io, const char *oid, const char *tag, const char *desc, uint8_t flags);
int rados_vacate(rados_ioctx_t io, const char *oid);
