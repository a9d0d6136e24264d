// What Swift sees of the library: its headers, and shims for what Swift cannot import.
#ifndef CWslay_H
#define CWslay_H

#include <stdint.h>
#include <sys/types.h>
#include <wslay/wslay.h>

#endif
