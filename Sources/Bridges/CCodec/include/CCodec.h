// What Swift sees of the library: its headers, and shims for what Swift cannot import.
#ifndef CCodec_H
#define CCodec_H

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#endif
