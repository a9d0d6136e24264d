// What Swift sees of the library: its headers, and shims for what Swift cannot import.
#ifndef CPostgres_H
#define CPostgres_H

#include </usr/include/postgresql/libpq-fe.h>

#endif
