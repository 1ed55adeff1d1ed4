/* Faults on purpose: a test expects the sanitizers to find them. Part of librados.c. */

static char *volatile fault_memory;
static volatile int fault_number = 1000;

void fake_fault(int kind)
{
	switch (kind) {
	case FAKE_USE_AFTER_FREE:
		fault_memory = malloc(8);
		free(fault_memory);
		fault_number = *fault_memory;
		break;
	case FAKE_LEAK:
		fault_memory = malloc(8);
		fault_memory = NULL;
		break;
	case FAKE_UNDEFINED_SHIFT:
		fault_number = 1 << fault_number;
		break;
	default:
		die("there is no fault %d", kind);
	}
}
