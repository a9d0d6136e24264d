// What Swift sees of the library: its headers, and shims for what Swift cannot import.
#ifndef CRedis_H
#define CRedis_H

#include <hiredis/hiredis.h>
#include <hiredis/async.h>

#endif
