#ifndef BUILD_COMMIT_H
#define BUILD_COMMIT_H

/// The commit of the sources, as `make` and the Dockerfile give it; empty if it is unknown.
///
/// It is in C because only there a package can define a value, and in a module of its own so that a new commit recompiles
/// one line.
const char *_Nonnull build_commit(void);

#endif
