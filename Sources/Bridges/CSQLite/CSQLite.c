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

static int file_of(sqlite3 *database, sqlite3_file **file) {
  int code = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, file);
  if (code != SQLITE_OK) return code;
  return *file && (*file)->pMethods ? SQLITE_OK : SQLITE_CANTOPEN;
}

int csqlite_read_page(sqlite3 *database, int64_t index, void *page) {
  sqlite3_file *file = 0;
  int code = file_of(database, &file);
  return code != SQLITE_OK
             ? code
             : file->pMethods->xRead(file, page, CSQLITE_PAGE_BYTES, index * CSQLITE_PAGE_BYTES);
}

int csqlite_write_page(sqlite3 *database, int64_t index, const void *page) {
  sqlite3_file *file = 0;
  int code = file_of(database, &file);
  return code != SQLITE_OK
             ? code
             : file->pMethods->xWrite(file, page, CSQLITE_PAGE_BYTES, index * CSQLITE_PAGE_BYTES);
}

int csqlite_sync_file(sqlite3 *database) {
  sqlite3_file *file = 0;
  int code = file_of(database, &file);
  return code != SQLITE_OK ? code : file->pMethods->xSync(file, SQLITE_SYNC_FULL);
}
