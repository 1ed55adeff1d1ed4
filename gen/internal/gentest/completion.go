package gentest

// CompletionSpec and CompletionHeader have an asynchronous function, and those for its completion.
const CompletionSpec = `completions: {type: rados_done_t, new: rados_done, ended: rados_done_is, wait: rados_done_wait, value: rados_done_value, version: rados_done_version, cancel: rados_done_cancel, free: rados_done_free}
functions:
  rados_start_ok: {private: IOContext.ok, sync: rados_ok, doc: ok does.}
`

const CompletionHeader = `typedef void *rados_done_t;
typedef void (*rados_callback_t)(rados_done_t cb, void *arg);
int rados_done(void *arg, rados_callback_t complete, rados_done_t *pc);
int rados_done_is(rados_done_t c);
int rados_done_wait(rados_done_t c);
int rados_done_value(rados_done_t c);
uint64_t rados_done_version(rados_done_t c);
int rados_done_cancel(rados_ioctx_t io, rados_done_t c);
void rados_done_free(rados_done_t c);
int rados_start_ok(rados_ioctx_t io, rados_done_t c);
int rados_ok(rados_ioctx_t io);
`
