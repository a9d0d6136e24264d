// SHA-1 over OpenSSL's EVP, for Sec-WebSocket-Accept (RFC 6455 section 4.2.2).
#include "CWslay.h"

#include <openssl/evp.h>

int cwslay_sha1(const void *bytes, size_t count, uint8_t digest[20]) {
  return EVP_Digest(bytes, count, digest, NULL, EVP_sha1(), NULL) == 1;
}
