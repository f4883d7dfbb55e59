#include "CheckpointData.h"

// Swift cannot embed a file as static data. C's #embed (C23) can, and needs no copy at start.
static const unsigned char bytes[] __attribute__((aligned(64))) = {
#embed "checkpoints.bin" if_empty(0)
};

const unsigned char *const checkpoint_data = bytes;
const size_t checkpoint_data_count = sizeof bytes;
