#include <stddef.h>
int rados_mgr_command(const char **cmd, size_t cmdlen);
int rados_before(void);
int rados_mgr_command(const char  * * cmd,
                      size_t cmdlen);
