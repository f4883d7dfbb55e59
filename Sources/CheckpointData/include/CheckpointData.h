#ifndef CHECKPOINT_DATA_H
#define CHECKPOINT_DATA_H

#include <stddef.h>

/// The embedded checkpoint table: the bytes of `checkpoints.bin`, at an address divisible by 64, so that each of its lines
/// is a cache line. `CheckpointFile` in the module `NthPrime` documents the format.
extern const unsigned char *const checkpoint_data;

/// The length of `checkpoint_data` in bytes.
extern const size_t checkpoint_data_count;

#endif
