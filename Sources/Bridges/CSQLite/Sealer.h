// The cipher state of one connection: what seals and opens pages and WAL frame headers.
#ifndef SEALER_H
#define SEALER_H

#include "CSQLite.h"

#define PAGE CSQLITE_PAGE_BYTES
#define BODY (CSQLITE_PAGE_BYTES - CSQLITE_RESERVED_BYTES)
#define FRAME_HEADER 24
#define FRAME (FRAME_HEADER + PAGE)

typedef struct csqlite_sealer csqlite_sealer;

/// Finds a sealer by id and holds on to it; NULL when there is none.
csqlite_sealer *sealer_retain(int64_t id);
void sealer_drop(csqlite_sealer *sealer);

/// One frame of scratch memory, for the caller's use until its next call of any sealer function.
uint8_t *sealer_scratch(csqlite_sealer *sealer);

/// Seals a plain page into `sealed`. 0, or -1 when the reserved bytes are in use or the cipher fails.
int sealer_seal(csqlite_sealer *sealer, int file, int64_t offset, const uint8_t *plain, uint8_t *sealed);

/// Opens a page in place and zeroes its reserved bytes. 0, or -1 when it is not what was sealed there; then
/// the content is unchanged or zeroed, never unauthenticated plain text.
int sealer_open(csqlite_sealer *sealer, int file, int64_t offset, uint8_t *page);

/// Masks or unmasks a WAL frame header in place. 0, or -1 when the cipher fails.
int sealer_mask(csqlite_sealer *sealer, int64_t offset, uint8_t *header, int isWriting);

/// Whether a sealed page ends in this key's check bytes.
int sealer_knows(const csqlite_sealer *sealer, const uint8_t *page);

void sealer_set_fault(csqlite_sealer *sealer, int reason, int file, int64_t position);

#endif
