// What Swift sees of wslay, and the one digest that the handshake needs.
#ifndef CWslay_H
#define CWslay_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <wslay/wslay.h>

/// SHA-1 of `bytes` into `digest` (20 bytes), by OpenSSL; 1, or 0 when the library refuses.
int cwslay_sha1(const void *bytes, size_t count, uint8_t digest[20]);

#endif
