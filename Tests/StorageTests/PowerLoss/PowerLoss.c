// A disk in memory: each file has what the platter holds, what the system's cache shows, and the operations
// that lie between the two.
#include "PowerLoss.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512

typedef struct bytes {
  uint8_t *data;
  int64_t size, room;
} bytes;

/// A write that was not synced, or, with `length` -1, a truncation to `offset`.
typedef struct operation {
  struct operation *next;
  int64_t offset, length;
  uint8_t data[];
} operation;

typedef struct disk_file {
  struct disk_file *next;
  char *name;
  int isDatabase;
  /// In the cache: whether the name is there, and the content.
  int exists;
  bytes cache;
  /// On the platter.
  int existsDurably;
  /// The platter still holds a deleted file of this name; the cache shows its successor, or none.
  int isReplaced;
  bytes platter;
  operation *first, **last;
  struct handle *handles;
  // Shared memory of the WAL index.
  void **regions;
  int regionCount;
  int sharedLocks[8], exclusiveLocks[8];
} disk_file;

typedef struct handle {
  sqlite3_file base;
  powerloss_disk *disk;
  disk_file *file;
  struct handle *next;
  int level;
  unsigned sharedMask, exclusiveMask;
} handle;

struct powerloss_disk {
  sqlite3_vfs vfs;
  pthread_mutex_t mutex;
  disk_file *files;
  uint64_t random;
  int64_t operations, cutAt;
  int isOff, doesLie, failure;
};

static void lock(powerloss_disk *disk) { pthread_mutex_lock(&disk->mutex); }
static int unlock(powerloss_disk *disk, int code) {
  pthread_mutex_unlock(&disk->mutex);
  return code;
}

/// splitmix64: small, seeded, the same everywhere.
static uint64_t draw(powerloss_disk *disk) {
  uint64_t value = disk->random += 0x9e3779b97f4a7c15ull;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
  return value ^ (value >> 31);
}

// Content.

static void resize(bytes *content, int64_t size) {
  if (size > content->room) {
    int64_t room = content->room ? content->room : 4096;
    while (room < size) room *= 2;
    content->data = realloc(content->data, (size_t)room);
    if (!content->data) abort();
    content->room = room;
  }
  if (size > content->size) memset(content->data + content->size, 0, (size_t)(size - content->size));
  content->size = size;
}

static void put(bytes *content, const uint8_t *data, int64_t length, int64_t offset) {
  if (offset + length > content->size) resize(content, offset + length);
  memcpy(content->data + offset, data, (size_t)length);
}

static void apply(bytes *content, const operation *step) {
  if (step->length < 0) resize(content, step->offset);
  else put(content, step->data, step->length, step->offset);
}

static void copy(bytes *to, const bytes *from) {
  resize(to, 0);
  resize(to, from->size);
  if (from->size) memcpy(to->data, from->data, (size_t)from->size);
}

static void forget_operations(disk_file *file) {
  while (file->first) {
    operation *step = file->first;
    file->first = step->next;
    free(step);
  }
  file->last = &file->first;
}

static void remember(disk_file *file, const void *data, int64_t length, int64_t offset) {
  operation *step = malloc(sizeof *step + (size_t)(length > 0 ? length : 0));
  if (!step) abort();
  *step = (operation){.offset = offset, .length = length};
  if (length > 0) memcpy(step->data, data, (size_t)length);
  *file->last = step;
  file->last = &step->next;
  apply(&file->cache, step);
}

// Power.

/// Counts an operation; true when it is the one during which the power fails, or comes after it.
static int fails(powerloss_disk *disk) {
  if (disk->isOff) return 1;
  disk->operations++;
  if (disk->cutAt >= 0 && disk->operations >= disk->cutAt) disk->isOff = 1;
  return disk->isOff;
}

/// Call when nobody maps them.
static void drop_regions(disk_file *file) {
  for (int index = 0; index < file->regionCount; index++) free(file->regions[index]);
  free(file->regions);
  file->regions = NULL;
  file->regionCount = 0;
}

/// Applies what survives of one operation to the platter.
static void survive(powerloss_disk *disk, bytes *platter, const operation *step) {
  uint64_t fate = draw(disk) % 10;
  if (fate < 3) return;
  if (fate < 7 || step->length < 0) {
    apply(platter, step);
    return;
  }
  for (int64_t at = 0; at < step->length;) {
    int64_t end = (step->offset + at) / SECTOR * SECTOR + SECTOR - step->offset;
    if (end > step->length) end = step->length;
    if (draw(disk) & 1) put(platter, step->data + at, end - at, step->offset + at);
    at = end;
  }
}

/// Whether the folder shows what it showed last, or what it showed when it was last synced.
static void survive_in_folder(powerloss_disk *disk, disk_file *file) {
  int isNew = (int)(draw(disk) & 1);
  if (file->isReplaced && !isNew) {
    forget_operations(file);
  } else if (isNew) {
    if (file->isReplaced) resize(&file->platter, 0);
    file->existsDurably = file->exists;
  }
  file->isReplaced = 0;
}

void powerloss_restart(powerloss_disk *disk) {
  lock(disk);
  for (disk_file *file = disk->files; file; file = file->next) {
    survive_in_folder(disk, file);
    for (operation *step = file->first; step; step = step->next) survive(disk, &file->platter, step);
    forget_operations(file);
    if (!file->existsDurably) resize(&file->platter, 0);
    drop_regions(file);
    file->exists = file->existsDurably;
    copy(&file->cache, &file->platter);
  }
  disk->isOff = 0;
  disk->cutAt = -1;
  unlock(disk, 0);
}

void powerloss_cut_after(powerloss_disk *disk, int64_t operations) {
  lock(disk);
  disk->cutAt = operations < 0 ? -1 : disk->operations + operations;
  unlock(disk, 0);
}

int powerloss_is_off(powerloss_disk *disk) {
  lock(disk);
  return unlock(disk, disk->isOff);
}

void powerloss_lie(powerloss_disk *disk, int doesLie) {
  lock(disk);
  disk->doesLie = doesLie;
  unlock(disk, 0);
}

void powerloss_fail(powerloss_disk *disk, int code) {
  lock(disk);
  disk->failure = code;
  unlock(disk, 0);
}

int64_t powerloss_operations(powerloss_disk *disk) {
  lock(disk);
  int64_t count = disk->operations;
  unlock(disk, 0);
  return count;
}

// Files.

static handle *opened(sqlite3_file *file) { return (handle *)file; }

static int file_close(sqlite3_file *base) {
  handle *self = opened(base);
  lock(self->disk);
  handle **link = &self->file->handles;
  while (*link != self) link = &(*link)->next;
  *link = self->next;
  return unlock(self->disk, SQLITE_OK);
}

static int file_read(sqlite3_file *base, void *out, int amount, sqlite3_int64 offset) {
  handle *self = opened(base);
  lock(self->disk);
  if (self->disk->isOff || self->disk->failure == SQLITE_IOERR_READ) return unlock(self->disk, SQLITE_IOERR_READ);
  const bytes *content = &self->file->cache;
  int64_t there = content->size - offset;
  if (there < 0) there = 0;
  if (there > amount) there = amount;
  if (there) memcpy(out, content->data + offset, (size_t)there);
  memset((uint8_t *)out + there, 0, (size_t)(amount - there));
  return unlock(self->disk, there == amount ? SQLITE_OK : SQLITE_IOERR_SHORT_READ);
}

static int file_write(sqlite3_file *base, const void *data, int amount, sqlite3_int64 offset) {
  handle *self = opened(base);
  powerloss_disk *disk = self->disk;
  lock(disk);
  if (disk->isOff) return unlock(disk, SQLITE_IOERR_WRITE);
  if (disk->failure == SQLITE_FULL || disk->failure == SQLITE_IOERR_WRITE) return unlock(disk, disk->failure);
  // The write during which the power fails may leave something behind.
  int isLost = fails(disk);
  remember(self->file, data, amount, offset);
  return unlock(disk, isLost ? SQLITE_IOERR_WRITE : SQLITE_OK);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
  handle *self = opened(base);
  lock(self->disk);
  if (self->disk->isOff) return unlock(self->disk, SQLITE_IOERR_TRUNCATE);
  int isLost = fails(self->disk);
  remember(self->file, NULL, -1, size);
  return unlock(self->disk, isLost ? SQLITE_IOERR_TRUNCATE : SQLITE_OK);
}

/// Makes all creations and deletions durable; new files are empty until they are synced themselves.
static void sync_folder(powerloss_disk *disk) {
  for (disk_file *file = disk->files; file; file = file->next) {
    if (file->isReplaced || !file->exists) resize(&file->platter, 0);
    file->isReplaced = 0;
    file->existsDurably = file->exists;
  }
}

static int file_sync(sqlite3_file *base, int flags) {
  (void)flags;
  handle *self = opened(base);
  powerloss_disk *disk = self->disk;
  lock(disk);
  if (disk->failure == SQLITE_IOERR_FSYNC || fails(disk)) return unlock(disk, SQLITE_IOERR_FSYNC);
  if (disk->doesLie && self->file->isDatabase) return unlock(disk, SQLITE_OK);
  // The system's file system syncs the folder with a new file's first sync.
  if (!self->file->existsDurably || self->file->isReplaced) sync_folder(disk);
  for (operation *step = self->file->first; step; step = step->next) apply(&self->file->platter, step);
  forget_operations(self->file);
  return unlock(disk, SQLITE_OK);
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
  handle *self = opened(base);
  lock(self->disk);
  *size = self->file->cache.size;
  return unlock(self->disk, self->disk->isOff ? SQLITE_IOERR_FSTAT : SQLITE_OK);
}

/// The highest lock that others hold on the file.
static int others(handle *self) {
  int highest = SQLITE_LOCK_NONE;
  for (handle *other = self->file->handles; other; other = other->next) {
    if (other != self && other->level > highest) highest = other->level;
  }
  return highest;
}

static int file_lock(sqlite3_file *base, int level) {
  handle *self = opened(base);
  lock(self->disk);
  if (self->disk->isOff) return unlock(self->disk, SQLITE_IOERR_LOCK);
  if (self->level >= level) return unlock(self->disk, SQLITE_OK);
  int highest = others(self);
  if (level == SQLITE_LOCK_SHARED && highest >= SQLITE_LOCK_PENDING) return unlock(self->disk, SQLITE_BUSY);
  if (level >= SQLITE_LOCK_RESERVED && highest >= SQLITE_LOCK_RESERVED) return unlock(self->disk, SQLITE_BUSY);
  if (level == SQLITE_LOCK_EXCLUSIVE && highest >= SQLITE_LOCK_SHARED) {
    self->level = SQLITE_LOCK_PENDING;
    return unlock(self->disk, SQLITE_BUSY);
  }
  self->level = level;
  return unlock(self->disk, SQLITE_OK);
}

static int file_unlock(sqlite3_file *base, int level) {
  handle *self = opened(base);
  lock(self->disk);
  if (self->level > level) self->level = level;
  return unlock(self->disk, SQLITE_OK);
}

static int file_check_lock(sqlite3_file *base, int *result) {
  handle *self = opened(base);
  lock(self->disk);
  *result = self->level >= SQLITE_LOCK_RESERVED || others(self) >= SQLITE_LOCK_RESERVED;
  return unlock(self->disk, SQLITE_OK);
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
  (void)base, (void)operation, (void)argument;
  return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *base) {
  (void)base;
  return SECTOR;
}

static int file_characteristics(sqlite3_file *base) {
  (void)base;
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// Shared memory: the WAL index, which no power cut survives.

static int shm_map(sqlite3_file *base, int region, int size, int isExtending, void volatile **memory) {
  handle *self = opened(base);
  disk_file *file = self->file;
  lock(self->disk);
  *memory = NULL;
  if (region >= file->regionCount && isExtending) {
    file->regions = realloc(file->regions, sizeof(void *) * (size_t)(region + 1));
    if (!file->regions) abort();
    while (file->regionCount <= region) {
      file->regions[file->regionCount] = calloc(1, (size_t)size);
      if (!file->regions[file->regionCount++]) abort();
    }
  }
  if (region < file->regionCount) *memory = file->regions[region];
  return unlock(self->disk, SQLITE_OK);
}

static int shm_lock_one(handle *self, int slot, int flags) {
  disk_file *file = self->file;
  unsigned bit = 1u << slot;
  if (flags & SQLITE_SHM_SHARED) {
    if (file->exclusiveLocks[slot] && !(self->exclusiveMask & bit)) return 0;
    if (!(self->sharedMask & bit)) file->sharedLocks[slot]++;
    self->sharedMask |= bit;
    return 1;
  }
  int foreign = file->sharedLocks[slot] - ((self->sharedMask & bit) ? 1 : 0);
  if (foreign > 0 || (file->exclusiveLocks[slot] && !(self->exclusiveMask & bit))) return 0;
  file->exclusiveLocks[slot] = 1;
  self->exclusiveMask |= bit;
  return 1;
}

static void shm_unlock_one(handle *self, int slot) {
  unsigned bit = 1u << slot;
  if (self->sharedMask & bit) self->file->sharedLocks[slot]--;
  if (self->exclusiveMask & bit) self->file->exclusiveLocks[slot] = 0;
  self->sharedMask &= ~bit;
  self->exclusiveMask &= ~bit;
}

static int shm_lock(sqlite3_file *base, int offset, int count, int flags) {
  handle *self = opened(base);
  lock(self->disk);
  for (int slot = offset; slot < offset + count; slot++) {
    if (flags & SQLITE_SHM_UNLOCK) {
      shm_unlock_one(self, slot);
    } else if (!shm_lock_one(self, slot, flags)) {
      for (int taken = offset; taken < slot; taken++) shm_unlock_one(self, taken);
      return unlock(self->disk, SQLITE_BUSY);
    }
  }
  return unlock(self->disk, SQLITE_OK);
}

static void shm_barrier(sqlite3_file *base) {
  lock(opened(base)->disk);
  unlock(opened(base)->disk, 0);
}

static int shm_unmap(sqlite3_file *base, int isDeleting) {
  (void)isDeleting;
  handle *self = opened(base);
  lock(self->disk);
  for (int slot = 0; slot < 8; slot++) shm_unlock_one(self, slot);
  // The last one to leave takes the memory along.
  if (self->file->handles == self && !self->next) drop_regions(self->file);
  return unlock(self->disk, SQLITE_OK);
}

static const sqlite3_io_methods methods = {
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
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

// The disk.

static powerloss_disk *disk_of(sqlite3_vfs *vfs) { return vfs->pAppData; }

static disk_file *find(powerloss_disk *disk, const char *name) {
  disk_file *file = disk->files;
  while (file && strcmp(file->name, name) != 0) file = file->next;
  return file;
}

static disk_file *add(powerloss_disk *disk, const char *name) {
  disk_file *file = calloc(1, sizeof *file);
  if (!file || !(file->name = strdup(name))) abort();
  file->last = &file->first;
  file->next = disk->files;
  return disk->files = file;
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *outFlags) {
  powerloss_disk *disk = disk_of(vfs);
  handle *self = opened(base);
  memset(self, 0, sizeof *self);
  if (!name) return SQLITE_CANTOPEN;
  lock(disk);
  if (disk->isOff) return unlock(disk, SQLITE_CANTOPEN);
  disk_file *file = find(disk, name);
  if (!(file && file->exists) && !(flags & SQLITE_OPEN_CREATE)) return unlock(disk, SQLITE_CANTOPEN);
  if (!file) file = add(disk, name);
  file->isDatabase = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  file->exists = 1;
  *self = (handle){.base = {&methods}, .disk = disk, .file = file, .next = file->handles};
  file->handles = self;
  if (outFlags) *outFlags = flags;
  return unlock(disk, SQLITE_OK);
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int isSyncing) {
  powerloss_disk *disk = disk_of(vfs);
  lock(disk);
  disk_file *file = find(disk, name);
  if (!file || !file->exists) return unlock(disk, SQLITE_IOERR_DELETE_NOENT);
  if (fails(disk)) return unlock(disk, SQLITE_IOERR_DELETE);
  file->exists = 0;
  // A new file of this name begins empty; the old one, if it comes back, is what the platter holds.
  resize(&file->cache, 0);
  forget_operations(file);
  file->isReplaced = file->existsDurably;
  if (isSyncing) sync_folder(disk);
  return unlock(disk, SQLITE_OK);
}

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
  (void)flags;
  powerloss_disk *disk = disk_of(vfs);
  lock(disk);
  disk_file *file = find(disk, name);
  *result = file && file->exists;
  return unlock(disk, disk->isOff ? SQLITE_IOERR_ACCESS : SQLITE_OK);
}

static int disk_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out) {
  (void)vfs;
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

static int disk_randomness(sqlite3_vfs *vfs, int count, char *out) {
  powerloss_disk *disk = disk_of(vfs);
  lock(disk);
  for (int index = 0; index < count; index++) out[index] = (char)draw(disk);
  return unlock(disk, count);
}

static int disk_sleep(sqlite3_vfs *vfs, int microseconds) {
  (void)vfs;
  return sqlite3_vfs_find("unix")->xSleep(sqlite3_vfs_find("unix"), microseconds);
}

static int disk_time(sqlite3_vfs *vfs, double *now) {
  (void)vfs;
  *now = 2461000.5;
  return SQLITE_OK;
}

static int disk_time_64(sqlite3_vfs *vfs, sqlite3_int64 *now) {
  (void)vfs;
  *now = (sqlite3_int64)(2461000.5 * 86400000.0);
  return SQLITE_OK;
}

static int disk_last_error(sqlite3_vfs *vfs, int count, char *out) {
  (void)vfs, (void)count, (void)out;
  return 0;
}

powerloss_disk *powerloss_create(const char *name, uint64_t seed) {
  powerloss_disk *disk = calloc(1, sizeof *disk);
  char *owned = strdup(name);
  if (!disk || !owned) abort();
  pthread_mutex_init(&disk->mutex, NULL);
  disk->random = seed;
  disk->cutAt = -1;
  disk->vfs = (sqlite3_vfs){
      .iVersion = 2,
      .szOsFile = sizeof(handle),
      .mxPathname = 512,
      .zName = owned,
      .pAppData = disk,
      .xOpen = disk_open,
      .xDelete = disk_delete,
      .xAccess = disk_access,
      .xFullPathname = disk_full_path,
      .xRandomness = disk_randomness,
      .xSleep = disk_sleep,
      .xCurrentTime = disk_time,
      .xGetLastError = disk_last_error,
      .xCurrentTimeInt64 = disk_time_64,
  };
  if (sqlite3_vfs_register(&disk->vfs, 0) == SQLITE_OK) return disk;
  powerloss_destroy(disk);
  return NULL;
}

void powerloss_destroy(powerloss_disk *disk) {
  sqlite3_vfs_unregister(&disk->vfs);
  while (disk->files) {
    disk_file *file = disk->files;
    disk->files = file->next;
    forget_operations(file);
    drop_regions(file);
    free(file->cache.data);
    free(file->platter.data);
    free(file->name);
    free(file);
  }
  pthread_mutex_destroy(&disk->mutex);
  free((void *)disk->vfs.zName);
  free(disk);
}
