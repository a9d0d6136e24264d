// The cipher state of one connection. Format of a sealed page of 4,096 bytes:
//
//     0     4,064 bytes  ciphertext (AES-256-GCM)
//     4,064    12 bytes  nonce: 8 random bytes per sealer, 4 bytes of counter
//     4,076    16 bytes  tag over ciphertext, file kind and offset
//     4,092     4 bytes  key check: the same for every page of a key, tells "wrong key" from "damaged page"
//
// The kind and offset in the associated data bind a page to its place. WAL frame headers (24 bytes, no room
// for a tag; they carry SQLite's own checksums over the plain content) are masked with AES-256-XTS.
#include "Sealer.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>

#define NONCE_AT BODY
#define TAG_AT (BODY + 12)
#define CHECK_AT (BODY + 28)

struct csqlite_sealer {
  // Guarded by `registry`.
  csqlite_sealer *next;
  int64_t id;
  int references;
  // The connection's thread only.
  EVP_CIPHER_CTX *seal, *open, *mask, *unmask;
  uint8_t prefix[8];
  uint32_t counter;
  uint8_t check[4];
  csqlite_fault fault;
  uint8_t scratch[FRAME];
};

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static csqlite_sealer *sealers = NULL;
static int64_t last_id = 0;

/// A 32-byte subkey for one purpose: HMAC-SHA-256 of the label under the database's key.
static int derive(const uint8_t *key, const char *label, uint8_t *out) {
  unsigned int length = 0;
  return HMAC(EVP_sha256(), key, 32, (const uint8_t *)label, strlen(label), out, &length) && length == 32;
}

static EVP_CIPHER_CTX *cipher(const EVP_CIPHER *kind, const uint8_t *key, int isEncrypting) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  if (context && EVP_CipherInit_ex(context, kind, NULL, key, NULL, isEncrypting) == 1) return context;
  EVP_CIPHER_CTX_free(context);
  return NULL;
}

static void destroy(csqlite_sealer *sealer) {
  // Freeing a context wipes its key schedule.
  EVP_CIPHER_CTX_free(sealer->seal);
  EVP_CIPHER_CTX_free(sealer->open);
  EVP_CIPHER_CTX_free(sealer->mask);
  EVP_CIPHER_CTX_free(sealer->unmask);
  OPENSSL_clear_free(sealer, sizeof *sealer);
}

/// Fills the contexts from the key.
static int prepare(csqlite_sealer *sealer, const uint8_t *key) {
  uint8_t page[32], mask[64], check[32];
  int isDone = derive(key, "guildhall sqlite page 1", page) && derive(key, "guildhall sqlite frame 1", mask) &&
               derive(key, "guildhall sqlite frame tweak 1", mask + 32) &&
               derive(key, "guildhall sqlite check 1", check) && RAND_bytes(sealer->prefix, 8) == 1;
  if (isDone) {
    memcpy(sealer->check, check, 4);
    sealer->seal = cipher(EVP_aes_256_gcm(), page, 1);
    sealer->open = cipher(EVP_aes_256_gcm(), page, 0);
    sealer->mask = cipher(EVP_aes_256_xts(), mask, 1);
    sealer->unmask = cipher(EVP_aes_256_xts(), mask, 0);
  }
  OPENSSL_cleanse(page, sizeof page);
  OPENSSL_cleanse(mask, sizeof mask);
  OPENSSL_cleanse(check, sizeof check);
  return isDone && sealer->seal && sealer->open && sealer->mask && sealer->unmask;
}

int64_t csqlite_sealer_create(const uint8_t *key) {
  csqlite_sealer *sealer = OPENSSL_zalloc(sizeof *sealer);
  if (!sealer) return 0;
  if (!prepare(sealer, key)) {
    destroy(sealer);
    return 0;
  }
  pthread_mutex_lock(&registry);
  sealer->id = ++last_id;
  sealer->references = 1;
  sealer->next = sealers;
  sealers = sealer;
  int64_t id = sealer->id;
  pthread_mutex_unlock(&registry);
  return id;
}

/// Call with `registry` locked.
static csqlite_sealer *find(int64_t id) {
  csqlite_sealer *sealer = sealers;
  while (sealer && sealer->id != id) sealer = sealer->next;
  return sealer;
}

csqlite_sealer *sealer_retain(int64_t id) {
  pthread_mutex_lock(&registry);
  csqlite_sealer *sealer = find(id);
  if (sealer) sealer->references++;
  pthread_mutex_unlock(&registry);
  return sealer;
}

void sealer_drop(csqlite_sealer *sealer) {
  pthread_mutex_lock(&registry);
  int isLast = --sealer->references == 0;
  if (isLast) {
    csqlite_sealer **link = &sealers;
    while (*link != sealer) link = &(*link)->next;
    *link = sealer->next;
  }
  pthread_mutex_unlock(&registry);
  if (isLast) destroy(sealer);
}

void csqlite_sealer_release(int64_t id) {
  csqlite_sealer *sealer = sealer_retain(id);
  if (!sealer) return;
  sealer_drop(sealer);
  sealer_drop(sealer);
}

int csqlite_sealer_take_fault(int64_t id, csqlite_fault *fault) {
  memset(fault, 0, sizeof *fault);
  csqlite_sealer *sealer = sealer_retain(id);
  if (!sealer) return CSQLITE_FAULT_NONE;
  *fault = sealer->fault;
  memset(&sealer->fault, 0, sizeof sealer->fault);
  sealer_drop(sealer);
  return fault->reason;
}

void sealer_set_fault(csqlite_sealer *sealer, int reason, int file, int64_t position) {
  sealer->fault = (csqlite_fault){.reason = reason, .file = file, .position = position};
}

uint8_t *sealer_scratch(csqlite_sealer *sealer) { return sealer->scratch; }

int sealer_knows(const csqlite_sealer *sealer, const uint8_t *page) {
  return memcmp(page + CHECK_AT, sealer->check, 4) == 0;
}

/// The place of a page, as associated data or tweak.
static void place(uint8_t out[16], int file, int64_t offset) {
  memset(out, 0, 16);
  for (int index = 0; index < 8; index++) out[index] = (uint8_t)((uint64_t)offset >> (8 * index));
  out[8] = (uint8_t)file;
}

static int next_nonce(csqlite_sealer *sealer, uint8_t *nonce) {
  // A counter that came round must not meet its old prefix again.
  if (++sealer->counter == 0 && RAND_bytes(sealer->prefix, 8) != 1) {
    sealer->counter = UINT32_MAX;
    return 0;
  }
  memcpy(nonce, sealer->prefix, 8);
  for (int index = 0; index < 4; index++) nonce[8 + index] = (uint8_t)(sealer->counter >> (8 * index));
  return 1;
}

static int is_zero(const uint8_t *bytes, int count) {
  return bytes[0] == 0 && memcmp(bytes, bytes + 1, (size_t)count - 1) == 0;
}

int sealer_seal(csqlite_sealer *sealer, int file, int64_t offset, const uint8_t *plain, uint8_t *sealed) {
  // They would read back as zeros and break SQLite's checksums: better an error now.
  if (!is_zero(plain + BODY, CSQLITE_RESERVED_BYTES)) return -1;
  uint8_t aad[16];
  int length = 0;
  place(aad, file, offset);
  if (!next_nonce(sealer, sealed + NONCE_AT)) return -1;
  if (EVP_EncryptInit_ex(sealer->seal, NULL, NULL, NULL, sealed + NONCE_AT) != 1) return -1;
  if (EVP_EncryptUpdate(sealer->seal, NULL, &length, aad, sizeof aad) != 1) return -1;
  if (EVP_EncryptUpdate(sealer->seal, sealed, &length, plain, BODY) != 1 || length != BODY) return -1;
  if (EVP_EncryptFinal_ex(sealer->seal, sealed + BODY, &length) != 1) return -1;
  if (EVP_CIPHER_CTX_ctrl(sealer->seal, EVP_CTRL_GCM_GET_TAG, 16, sealed + TAG_AT) != 1) return -1;
  memcpy(sealed + CHECK_AT, sealer->check, 4);
  return 0;
}

int sealer_open(csqlite_sealer *sealer, int file, int64_t offset, uint8_t *page) {
  // A page that was never written, such as a hole left by a freed one.
  if (file == CSQLITE_DATABASE && is_zero(page + BODY, CSQLITE_RESERVED_BYTES) && is_zero(page, BODY)) return 0;
  if (!sealer_knows(sealer, page)) return -1;
  uint8_t aad[16];
  int length = 0;
  place(aad, file, offset);
  if (EVP_DecryptInit_ex(sealer->open, NULL, NULL, NULL, page + NONCE_AT) != 1) return -1;
  if (EVP_DecryptUpdate(sealer->open, NULL, &length, aad, sizeof aad) != 1) return -1;
  if (EVP_CIPHER_CTX_ctrl(sealer->open, EVP_CTRL_GCM_SET_TAG, 16, page + TAG_AT) != 1) return -1;
  int isOpen = EVP_DecryptUpdate(sealer->open, page, &length, page, BODY) == 1 && length == BODY &&
               EVP_DecryptFinal_ex(sealer->open, page + BODY, &length) == 1;
  if (isOpen) {
    memset(page + BODY, 0, CSQLITE_RESERVED_BYTES);
    return 0;
  }
  memset(page, 0, PAGE);
  return -1;
}

int sealer_mask(csqlite_sealer *sealer, int64_t offset, uint8_t *header, int isWriting) {
  uint8_t tweak[16];
  int length = 0;
  place(tweak, CSQLITE_WAL, offset);
  EVP_CIPHER_CTX *context = isWriting ? sealer->mask : sealer->unmask;
  if (EVP_CipherInit_ex(context, NULL, NULL, NULL, tweak, -1) != 1) return -1;
  if (EVP_CipherUpdate(context, header, &length, header, FRAME_HEADER) != 1) return -1;
  return length == FRAME_HEADER ? 0 : -1;
}
