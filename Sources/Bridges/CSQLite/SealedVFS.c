// A file system for SQLite that seals every page on its way to the one below it.
//
// Rules that crash safety rests on, each learnt from a failure:
// - the page size is fixed, and the reserved bytes of a page read as zeros, because WAL checksums cover them;
// - a torn page at the end of the WAL is not an error but zeros: SQLite's own checksum stops there;
// - a torn page in a rollback journal is the journal's end;
// - when page 1 is torn, its header is made up, so that recovery, which will replace the page, can begin;
// - a file of another key is refused when it is opened, before recovery takes its WAL or journal for torn
//   and removes it;
// - nothing is written outside the three files, and nothing is memory-mapped.
#include "Sealer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/// Where page images and frames begin in the WAL.
#define WAL_HEADER 32
/// The sector size that sealed files report: a journal header is as long, and never as long as a page.
#define SECTOR 512

typedef struct sealed_file {
  sqlite3_file base;
  csqlite_sealer *sealer;
  int kind;
  sqlite3_file *below;
} sealed_file;

static sealed_file *sealed(sqlite3_file *file) { return (sealed_file *)file; }
static sqlite3_file *below(sqlite3_file *file) { return sealed(file)->below; }

// Reading and writing the database.

/// What SQLite needs to know of page 1 before it has recovered it.
static void make_up_header(uint8_t header[100]) {
  memset(header, 0, 100);
  memcpy(header, "SQLite format 3", 16);
  header[16] = PAGE >> 8;
  header[18] = header[19] = 2;  // WAL; without one beside the file, recovery has nothing to do with it
  header[20] = CSQLITE_RESERVED_BYTES;
  header[21] = 64;
  header[22] = header[23] = 32;
}

static int damaged_page(sealed_file *file, int64_t offset) {
  sealer_set_fault(file->sealer, CSQLITE_FAULT_DAMAGED, CSQLITE_DATABASE, offset / PAGE + 1);
  return SQLITE_IOERR_DATA;
}

/// Reads one page and opens it. A page past the end is SQLITE_IOERR_SHORT_READ and zeros.
static int read_page(sealed_file *file, uint8_t *page, int64_t offset) {
  int code = file->below->pMethods->xRead(file->below, page, PAGE, offset);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
  if (sealer_open(file->sealer, CSQLITE_DATABASE, offset, page) != 0) return damaged_page(file, offset);
  return code;
}

static int read_database(sealed_file *file, uint8_t *out, int amount, int64_t offset) {
  int64_t start = offset - offset % PAGE;
  if (offset == start && amount == PAGE) return read_page(file, out, offset);
  if (offset + amount > start + PAGE) return SQLITE_IOERR_READ;
  uint8_t *page = sealer_scratch(file->sealer);
  int code = read_page(file, page, start);
  if (code == SQLITE_IOERR_DATA && start == 0) {
    make_up_header(page);
    memset(page + 100, 0, PAGE - 100);
    code = SQLITE_OK;
  }
  if (code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ) memcpy(out, page + (offset - start), (size_t)amount);
  return code;
}

static int write_page(sealed_file *file, const uint8_t *plain, int64_t offset) {
  uint8_t *page = sealer_scratch(file->sealer);
  if (sealer_seal(file->sealer, file->kind, offset, plain, page) != 0) return SQLITE_IOERR_WRITE;
  return file->below->pMethods->xWrite(file->below, page, PAGE, offset);
}

static int write_database(sealed_file *file, const uint8_t *plain, int amount, int64_t offset) {
  if (amount != PAGE || offset % PAGE != 0) return SQLITE_IOERR_WRITE;
  // Without the reserve a full page would not fit, and by then it would be too late.
  if (offset == 0 && plain[20] != CSQLITE_RESERVED_BYTES) return SQLITE_IOERR_WRITE;
  return write_page(file, plain, offset);
}

// Reading and writing the WAL.

/// Reads a whole frame, as recovery does: whatever does not open is torn, and torn is zeros.
static int read_frame(sealed_file *file, uint8_t *frame, int64_t offset) {
  int code = file->below->pMethods->xRead(file->below, frame, FRAME, offset);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
  if (code == SQLITE_IOERR_SHORT_READ ||
      sealer_open(file->sealer, CSQLITE_WAL, offset + FRAME_HEADER, frame + FRAME_HEADER) != 0 ||
      sealer_mask(file->sealer, offset, frame, 0) != 0) {
    memset(frame, 0, FRAME);
  }
  return code;
}

/// Reads a page image out of a frame that the index says is whole.
static int read_frame_body(sealed_file *file, uint8_t *out, int64_t offset) {
  int code = file->below->pMethods->xRead(file->below, out, PAGE, offset);
  if (code != SQLITE_OK) return code;
  if (sealer_open(file->sealer, CSQLITE_WAL, offset, out) == 0) return SQLITE_OK;
  sealer_set_fault(file->sealer, CSQLITE_FAULT_DAMAGED, CSQLITE_WAL, (offset - WAL_HEADER) / FRAME + 1);
  return SQLITE_IOERR_DATA;
}

/// Reads part of a frame header: the library looks at its checksum alone when it rewrites checksums.
static int read_frame_header(sealed_file *file, uint8_t *out, int amount, int64_t start, int within) {
  uint8_t header[FRAME_HEADER];
  int code = file->below->pMethods->xRead(file->below, header, FRAME_HEADER, start);
  if (code != SQLITE_OK) {
    memset(out, 0, (size_t)amount);
    return code;
  }
  if (sealer_mask(file->sealer, start, header, 0) != 0) return SQLITE_IOERR_READ;
  memcpy(out, header + within, (size_t)amount);
  return SQLITE_OK;
}

static int read_wal(sealed_file *file, uint8_t *out, int amount, int64_t offset) {
  if (offset + amount <= WAL_HEADER) return file->below->pMethods->xRead(file->below, out, amount, offset);
  if (offset < WAL_HEADER) return SQLITE_IOERR_READ;
  int within = (int)((offset - WAL_HEADER) % FRAME);
  if (within == 0 && amount == FRAME) return read_frame(file, out, offset);
  if (within == FRAME_HEADER && amount == PAGE) return read_frame_body(file, out, offset);
  if (within + amount <= FRAME_HEADER) return read_frame_header(file, out, amount, offset - within, within);
  return SQLITE_IOERR_READ;
}

static int write_wal(sealed_file *file, const uint8_t *bytes, int amount, int64_t offset) {
  if (offset == 0 && amount == WAL_HEADER) {
    return file->below->pMethods->xWrite(file->below, bytes, amount, offset);
  }
  if (offset < WAL_HEADER) return SQLITE_IOERR_WRITE;
  int within = (int)((offset - WAL_HEADER) % FRAME);
  if (within == FRAME_HEADER && amount == PAGE) return write_page(file, bytes, offset);
  if (within != 0 || amount != FRAME_HEADER) return SQLITE_IOERR_WRITE;
  uint8_t header[FRAME_HEADER];
  memcpy(header, bytes, FRAME_HEADER);
  if (sealer_mask(file->sealer, offset, header, 1) != 0) return SQLITE_IOERR_WRITE;
  return file->below->pMethods->xWrite(file->below, header, FRAME_HEADER, offset);
}

// Reading and writing the rollback journal: page images are the only accesses of a page's length.

static int read_journal(sealed_file *file, uint8_t *out, int amount, int64_t offset) {
  int code = file->below->pMethods->xRead(file->below, out, amount, offset);
  if (code != SQLITE_OK || amount != PAGE) return code;
  if (sealer_open(file->sealer, CSQLITE_JOURNAL, offset, out) == 0) return SQLITE_OK;
  memset(out, 0, PAGE);
  return SQLITE_IOERR_SHORT_READ;
}

static int write_journal(sealed_file *file, const uint8_t *bytes, int amount, int64_t offset) {
  if (amount == PAGE) return write_page(file, bytes, offset);
  return file->below->pMethods->xWrite(file->below, bytes, amount, offset);
}

// The methods of an open file.

static int file_close(sqlite3_file *file) {
  int code = below(file)->pMethods->xClose(below(file));
  sealer_drop(sealed(file)->sealer);
  file->pMethods = NULL;
  return code;
}

static int file_read(sqlite3_file *file, void *out, int amount, sqlite3_int64 offset) {
  switch (sealed(file)->kind) {
    case CSQLITE_DATABASE: return read_database(sealed(file), out, amount, offset);
    case CSQLITE_WAL: return read_wal(sealed(file), out, amount, offset);
    default: return read_journal(sealed(file), out, amount, offset);
  }
}

static int file_write(sqlite3_file *file, const void *bytes, int amount, sqlite3_int64 offset) {
  switch (sealed(file)->kind) {
    case CSQLITE_DATABASE: return write_database(sealed(file), bytes, amount, offset);
    case CSQLITE_WAL: return write_wal(sealed(file), bytes, amount, offset);
    default: return write_journal(sealed(file), bytes, amount, offset);
  }
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
  return below(file)->pMethods->xTruncate(below(file), size);
}

static int file_sync(sqlite3_file *file, int flags) { return below(file)->pMethods->xSync(below(file), flags); }

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
  return below(file)->pMethods->xFileSize(below(file), size);
}

static int file_lock(sqlite3_file *file, int level) { return below(file)->pMethods->xLock(below(file), level); }

static int file_unlock(sqlite3_file *file, int level) { return below(file)->pMethods->xUnlock(below(file), level); }

static int file_check_lock(sqlite3_file *file, int *result) {
  return below(file)->pMethods->xCheckReservedLock(below(file), result);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
  // Mapped pages would be sealed ones.
  if (operation == SQLITE_FCNTL_MMAP_SIZE) return SQLITE_NOTFOUND;
  return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file) {
  (void)file;
  return SECTOR;
}

static int file_characteristics(sqlite3_file *file) {
  // Writing a page leaves the bytes around it alone if the file below does; atomic writes are not for us.
  int passed = SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN | SQLITE_IOCAP_SEQUENTIAL;
  return below(file)->pMethods->xDeviceCharacteristics(below(file)) & passed;
}

static int file_shm_map(sqlite3_file *file, int region, int size, int isExtending, void volatile **memory) {
  return below(file)->pMethods->xShmMap(below(file), region, size, isExtending, memory);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
  return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file) { below(file)->pMethods->xShmBarrier(below(file)); }

static int file_shm_unmap(sqlite3_file *file, int isDeleting) {
  return below(file)->pMethods->xShmUnmap(below(file), isDeleting);
}

/// Version 2: without xFetch, nothing can be mapped.
static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

// Opening.

/// Whether a page image ends in a seal; torn ones and those never written do not.
static int is_sealed(const uint8_t *page) {
  static const uint8_t zeros[CSQLITE_RESERVED_BYTES];
  return memcmp(page + BODY, zeros, sizeof zeros) != 0;
}

/// Whether the file may be one of this key's: some of the first page images end in its check bytes, or none
/// was ever written. A torn first page must not lock its owner out, hence several.
static int may_be_ours(sealed_file *file) {
  int64_t first = file->kind == CSQLITE_WAL ? WAL_HEADER + FRAME_HEADER : file->kind == CSQLITE_JOURNAL ? SECTOR + 4 : 0;
  int64_t step = file->kind == CSQLITE_WAL ? FRAME : file->kind == CSQLITE_JOURNAL ? PAGE + 8 : PAGE;
  uint8_t *page = sealer_scratch(file->sealer);
  int seen = 0;
  for (int index = 0; index < 8; index++) {
    if (file->below->pMethods->xRead(file->below, page, PAGE, first + index * step) != SQLITE_OK) break;
    if (sealer_knows(file->sealer, page)) return 1;
    if (file->kind == CSQLITE_DATABASE && index == 0 && memcmp(page, "SQLite format 3", 16) == 0) {
      sealer_set_fault(file->sealer, CSQLITE_FAULT_PLAIN, file->kind, 1);
      return 0;
    }
    seen += is_sealed(page);
  }
  if (seen == 0) return 1;
  sealer_set_fault(file->sealer, CSQLITE_FAULT_KEY, file->kind, 1);
  return 0;
}

static int kind_of(int flags) {
  if (flags & SQLITE_OPEN_MAIN_DB) return CSQLITE_DATABASE;
  if (flags & SQLITE_OPEN_WAL) return CSQLITE_WAL;
  if (flags & SQLITE_OPEN_MAIN_JOURNAL) return CSQLITE_JOURNAL;
  return 0;
}

static sqlite3_vfs *base_of(sqlite3_vfs *vfs) { return vfs->pAppData; }

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *opened, int flags, int *outFlags) {
  sealed_file *file = sealed(opened);
  memset(file, 0, sizeof *file);
  int kind = kind_of(flags);
  // Temporary files would be plain text on disk.
  if (!kind || !name) return SQLITE_CANTOPEN;
  csqlite_sealer *sealer = sealer_retain(sqlite3_uri_int64(name, "sealer", 0));
  if (!sealer) return SQLITE_CANTOPEN;
  file->sealer = sealer;
  file->kind = kind;
  file->below = (sqlite3_file *)&file[1];
  int code = base_of(vfs)->xOpen(base_of(vfs), name, file->below, flags, outFlags);
  if (code == SQLITE_OK && !may_be_ours(file)) code = SQLITE_NOTADB;
  if (code != SQLITE_OK) {
    if (file->below->pMethods) file->below->pMethods->xClose(file->below);
    sealer_drop(sealer);
    return code;
  }
  file->base.pMethods = &file_methods;
  return SQLITE_OK;
}

// The rest is the base's.

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int isSyncing) {
  return base_of(vfs)->xDelete(base_of(vfs), name, isSyncing);
}
static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
  return base_of(vfs)->xAccess(base_of(vfs), name, flags, result);
}
static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out) {
  return base_of(vfs)->xFullPathname(base_of(vfs), name, size, out);
}
static int vfs_randomness(sqlite3_vfs *vfs, int count, char *out) {
  return base_of(vfs)->xRandomness(base_of(vfs), count, out);
}
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
  return base_of(vfs)->xSleep(base_of(vfs), microseconds);
}
static int vfs_time(sqlite3_vfs *vfs, double *now) { return base_of(vfs)->xCurrentTime(base_of(vfs), now); }
static int vfs_last_error(sqlite3_vfs *vfs, int count, char *out) {
  return base_of(vfs)->xGetLastError(base_of(vfs), count, out);
}
static int vfs_time_64(sqlite3_vfs *vfs, sqlite3_int64 *now) {
  return base_of(vfs)->xCurrentTimeInt64(base_of(vfs), now);
}

/// Makes the file system; it is never freed, as the library may hold on to it for good.
static int create(const char *name, sqlite3_vfs *base) {
  sqlite3_vfs *vfs = calloc(1, sizeof *vfs);
  char *owned = strdup(name);
  if (!vfs || !owned) {
    free(vfs);
    free(owned);
    return SQLITE_NOMEM;
  }
  *vfs = (sqlite3_vfs){
      .iVersion = 2,
      .szOsFile = (int)sizeof(sealed_file) + base->szOsFile,
      .mxPathname = base->mxPathname,
      .zName = owned,
      .pAppData = base,
      .xOpen = vfs_open,
      .xDelete = vfs_delete,
      .xAccess = vfs_access,
      .xFullPathname = vfs_full_path,
      .xRandomness = vfs_randomness,
      .xSleep = vfs_sleep,
      .xCurrentTime = vfs_time,
      .xGetLastError = vfs_last_error,
      .xCurrentTimeInt64 = vfs_time_64,
  };
  return sqlite3_vfs_register(vfs, 0);
}

int csqlite_register_sealed(const char *name, const char *base) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  int code = SQLITE_OK;
  if (!sqlite3_vfs_find(name)) {
    sqlite3_vfs *found = sqlite3_vfs_find(base);
    code = found ? create(name, found) : SQLITE_NOTFOUND;
  }
  pthread_mutex_unlock(&lock);
  return code;
}
