// libsodium needs no shims; a C target needs a source file.
#include "CSodium.h"
