// What Swift sees of the library: its headers, and shims for what Swift cannot import.
#ifndef CMicrohttpd_H
#define CMicrohttpd_H

#include <microhttpd.h>

#endif
