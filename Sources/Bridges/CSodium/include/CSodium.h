// What Swift sees of the library: its headers, and shims for what Swift cannot import.
#ifndef CSodium_H
#define CSodium_H

#include <sodium.h>

#endif
