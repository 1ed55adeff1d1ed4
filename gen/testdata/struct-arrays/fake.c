#include <rados/librados.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int is_known(const rados_board_t *b)
{
	return !memcmp(b->id, "abcd", 4) && b->levels[0] == -1 && b->levels[2] == 1 << 30 && b->sides[1] == LIBRADOS_HEADS && b->set[0] &&
		!b->set[1] && b->corners[1].x == -5 && b->corners[1].y == 6 && b->times[1].tv_sec == 7 && b->times[1].tv_nsec == 8 && b->last == 9;
}

int rados_board_turn(rados_t cluster, rados_board_t *board)
{
	(void)cluster;
	if (!is_known(board))
		return -EIO;
	board->id[3] = 255;
	board->levels[1] = -2;
	board->sides[0] = LIBRADOS_HEADS;
	board->set[1] = 1;
	board->corners[0].x = -3;
	board->times[0].tv_sec = 4;
	return 0;
}

int rados_board_check(rados_t cluster, const rados_board_t *boards, int n)
{
	(void)cluster;
	for (int i = 0; i < n; i++)
		if (!is_known(boards + i))
			return -EIO;
	return 0;
}

int rados_plate_get(rados_t cluster, rados_plate_t *plate)
{
	(void)cluster;
	plate->names[1] = strdup("second");
	plate->spots[0].y = -1;
	*(struct sockaddr_in *)&plate->addr = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(3300), .sin_addr = {htonl(0x7f000001)}};
	return 0;
}

void rados_plate_clean(rados_plate_t *plate)
{
	free(plate->names[0]);
	free(plate->names[1]);
}
