#ifndef CHECKPOINT_DATA_H
#define CHECKPOINT_DATA_H

#include <stddef.h>

/// The embedded checkpoint table, `checkpoints.bin`, byte for byte, at an address divisible by 64: its lines are lines of
/// the cache. Its format is documented at `CheckpointFile` in the module `NthPrime`.
extern const unsigned char *const checkpoint_data;

/// The length of `checkpoint_data` in bytes.
extern const size_t checkpoint_data_count;

#endif
