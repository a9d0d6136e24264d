// The libraries need no shims; a C target needs a source file.
#include "CImages.h"
