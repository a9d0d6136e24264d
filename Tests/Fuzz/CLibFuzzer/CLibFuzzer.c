// Nothing to compile: the library is linked by -sanitize=fuzzer.
#include "CLibFuzzer.h"
