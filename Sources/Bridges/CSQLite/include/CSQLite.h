// What Swift sees of the library: its headers, shims for what Swift cannot import, and the sealed file system.
#ifndef CSQLITE_H
#define CSQLITE_H

#include <sqlite3.h>
#include <stdint.h>

/// `SQLITE_TRANSIENT`: the library copies what it is given.
static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }

/// `sqlite3_db_config` for the options that take a flag.
int csqlite_set_flag(sqlite3 *database, int option, int isOn);

/// Asks for reserved bytes at the end of each page; must come before the first write of a new database.
int csqlite_reserve_bytes(sqlite3 *database, int count);

/// Wipes memory in a way the compiler keeps.
void csqlite_wipe(void *memory, int64_t count);

/// Fills memory from the system's random generator; 0 on success.
int csqlite_random(void *memory, int count);

// The sealed file system: AES-256-GCM per page (SealedVFS.c, Sealer.c).

/// Bytes at the end of every sealed page that hold nonce, tag and key check.
#define CSQLITE_RESERVED_BYTES 32
/// The only page size of sealed files.
#define CSQLITE_PAGE_BYTES 4096

/// Which of the three files of a database.
enum { CSQLITE_DATABASE = 1, CSQLITE_WAL = 2, CSQLITE_JOURNAL = 3 };

/// What a read found.
enum {
  CSQLITE_FAULT_NONE = 0,
  /// The bytes are not what was written there.
  CSQLITE_FAULT_DAMAGED = 1,
  /// The file was sealed under another key, or is no file of ours.
  CSQLITE_FAULT_KEY = 2,
  /// The file is a plain SQLite database.
  CSQLITE_FAULT_PLAIN = 3,
};

/// The last read that a sealer refused.
typedef struct csqlite_fault {
  int reason;
  int file;
  /// Page number from 1 in the database; frame number from 1 in the WAL; byte offset in a journal.
  int64_t position;
} csqlite_fault;

/// Makes the cipher state of one connection from a 32-byte key and returns its id for the URI parameter
/// `sealer`, or 0 without memory or randomness. The key is not kept, only what is derived from it. A sealer
/// is not thread-safe: it belongs to one connection.
int64_t csqlite_sealer_create(const uint8_t *key);

/// Gives the sealer up: it is wiped once the last file opened with it is closed.
void csqlite_sealer_release(int64_t id);

/// Copies the last fault of a sealer out and forgets it; returns its reason.
int csqlite_sealer_take_fault(int64_t id, csqlite_fault *fault);

/// Makes a sealed file system called `name` over the one called `base` (NULL: the system's). Registering a
/// name again does nothing. Returns an SQLite result code. Thread-safe.
int csqlite_register_sealed(const char *name, const char *base);

/// Reads a page of the open database's file, from 0, below SQLite's cache and log: for a file nobody else changes.
/// Returns an SQLite result code.
int csqlite_read_page(sqlite3 *database, int64_t index, void *page);

/// Writes a page of the open database's file, likewise, and `csqlite_sync_file` makes them durable.
int csqlite_write_page(sqlite3 *database, int64_t index, const void *page);
int csqlite_sync_file(sqlite3 *database);

#endif
