#ifndef PREFETCH_H
#define PREFETCH_H

/// Starts to load a cache line that is read soon, without waiting for it.
///
/// It is C, because Swift has no expression for this processor instruction.
static inline void prefetch(const void *_Nonnull address) {
    __builtin_prefetch(address);
}

#endif
