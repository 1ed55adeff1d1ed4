#include <sys/socket.h>
typedef enum { LIBRADOS_TAILS, LIBRADOS_HEADS } rados_side_t;
typedef struct { short x, y; } rados_spot_t;
typedef struct {
	uint8_t id[4];
	int levels[3];
	rados_side_t sides[2];
	_Bool set[2];
	rados_spot_t corners[2];
	struct timespec times[2];
	uint64_t last;
} rados_board_t;
typedef struct {
	char *names[2];
	rados_spot_t spots[1];
	struct sockaddr_storage addr;
} rados_plate_t;
int rados_board_turn(rados_t cluster, rados_board_t *board);
int rados_board_check(rados_t cluster, const rados_board_t *boards, int n);
int rados_plate_get(rados_t cluster, rados_plate_t *plate);
void rados_plate_clean(rados_plate_t *plate);
