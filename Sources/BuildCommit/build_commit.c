#include "build_commit.h"

const char *build_commit(void) { return NTH_PRIME_COMMIT; }
