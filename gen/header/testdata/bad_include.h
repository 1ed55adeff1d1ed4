int rados_fine(void);
#include <openssl/ssl.h>
