// What Swift sees of the library: its headers, and shims for what Swift cannot import.
#ifndef CSimdjson_H
#define CSimdjson_H

#include <stdint.h>
#include <stddef.h>

#endif
