// Shims for the calls that Swift cannot make: variadic functions and a macro or two.
#include "CSQLite.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

int csqlite_set_flag(sqlite3 *database, int option, int isOn) {
  return sqlite3_db_config(database, option, isOn, NULL);
}

int csqlite_reserve_bytes(sqlite3 *database, int count) {
  return sqlite3_file_control(database, "main", SQLITE_FCNTL_RESERVE_BYTES, &count);
}

void csqlite_wipe(void *memory, int64_t count) { OPENSSL_cleanse(memory, (size_t)count); }

int csqlite_random(void *memory, int count) { return RAND_bytes(memory, count) == 1 ? 0 : -1; }
