// A disk in memory, as a file system of SQLite, that forgets like a real one when the power fails.
#ifndef POWERLOSS_H
#define POWERLOSS_H

#include <stdint.h>

typedef struct powerloss_disk powerloss_disk;

/// Makes an empty disk and registers it as the file system `name`; NULL without memory.
powerloss_disk *powerloss_create(const char *name, uint64_t seed);

/// Unregisters and frees a disk. Close every database on it first.
void powerloss_destroy(powerloss_disk *disk);

/// The power fails at the `operations`th write, truncation, sync or deletion from now; negative: never.
void powerloss_cut_after(powerloss_disk *disk, int64_t operations);

/// Whether the power is off: everything but closing fails.
int powerloss_is_off(powerloss_disk *disk);

/// Puts the power back. Of what was not synced, every operation is kept, dropped, or torn at 512 bytes; files
/// whose creation was not synced may be gone, files whose deletion was not synced may be back. Close every
/// database on the disk first.
void powerloss_restart(powerloss_disk *disk);

/// From now on, syncing a database file (but not its log or journal) does nothing.
void powerloss_lie(powerloss_disk *disk, int doesLie);

/// From now on, the operations that can fail with this SQLite result code do: SQLITE_FULL and
/// SQLITE_IOERR_WRITE writes, SQLITE_IOERR_FSYNC syncs, SQLITE_IOERR_READ reads. 0 ends it.
void powerloss_fail(powerloss_disk *disk, int code);

/// Writes, truncations, syncs and deletions so far.
int64_t powerloss_operations(powerloss_disk *disk);

#endif
