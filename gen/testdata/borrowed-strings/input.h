int rados_next_name(rados_ioctx_t io, const char **first, size_t *first_size);
int rados_next_place(rados_ioctx_t io, const char **street, const char **town, size_t *street_size, size_t *town_size);
int rados_next_of_page(rados_ioctx_t io, const char **name, size_t *name_size);
