struct rados_guest;
typedef struct rados_guest rados_guest_alias_t;
int rados_guest_arrive(rados_t cluster, const char *name, struct rados_guest **guest);
int rados_guest_leave(struct rados_guest *guest);
int rados_guest_rename(struct rados_guest *guest, const char *name);
int rados_guest_greet(rados_t cluster, const rados_guest_alias_t *guest);
int rados_guest_meet(struct rados_guest *guest, rados_guest_alias_t *friend);
