typedef void *rados_duty_t;
rados_duty_t rados_duty_new(void);
void rados_duty_free(rados_duty_t duty);
int rados_duty_run(rados_duty_t duty, rados_ioctx_t io, uint64_t hour);
void rados_duty_mow(rados_duty_t duty, uint64_t lawn, int high);
