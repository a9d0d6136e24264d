// What Swift sees of libzip: reading an archive that lies in memory.
#ifndef CZIP_H
#define CZIP_H

#include <zip.h>

/// Flags that the importer does not see because they are macros with casts.
static const zip_flags_t czip_raw_names = ZIP_FL_ENC_RAW;
static const unsigned int czip_check_consistency = ZIP_CHECKCONS;

#endif
