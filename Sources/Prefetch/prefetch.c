// Nothing but the header; a C target needs one source file.
#include "prefetch.h"
