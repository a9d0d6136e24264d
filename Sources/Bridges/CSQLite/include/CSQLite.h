// What Swift sees of the library: its headers, and shims for what Swift cannot import.
#ifndef CSQLite_H
#define CSQLite_H

#include <sqlite3.h>

#endif
