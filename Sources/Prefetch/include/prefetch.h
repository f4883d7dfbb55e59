#ifndef PREFETCH_H
#define PREFETCH_H

/// Begins to fetch a cache line that will be read soon, and does not wait for it.
///
/// Swift has no word for this processor instruction, hence this one line of C.
static inline void prefetch(const void *_Nonnull address) {
    __builtin_prefetch(address);
}

#endif
