// simdjson's DOM parser behind five C functions. No policy: limits and messages are the JSON room's.
#include "CSimdjson.h"

#include <new>
#include <simdjson.h>

static_assert(simdjson::SIMDJSON_VERSION_MAJOR == 3, "the JSON room reads the tape of simdjson 3");

struct csimdjson_parser {
  simdjson::dom::parser parser;
};

extern "C" size_t csimdjson_padding(void) { return simdjson::SIMDJSON_PADDING; }

extern "C" csimdjson_parser *csimdjson_create(void) { return new (std::nothrow) csimdjson_parser; }

extern "C" void csimdjson_destroy(csimdjson_parser *parser) { delete parser; }

/// The next power of two, so that a stream of slowly growing texts does not reallocate at each.
static size_t rounded(size_t length) {
  size_t capacity = 4096;
  while (capacity < length) { capacity *= 2; }
  return capacity;
}

extern "C" int csimdjson_parse(
    csimdjson_parser *holder, const uint8_t *text, size_t length, size_t max_depth, csimdjson_document *document) {
  simdjson::dom::parser &parser = holder->parser;
  if (length >= UINT32_MAX) { return CSIMDJSON_NO_MEMORY; }
  if (parser.capacity() < length || parser.max_depth() != max_depth) {
    size_t capacity = parser.capacity() < length ? rounded(length) : parser.capacity();
    if (parser.allocate(capacity < 4096 ? 4096 : capacity, max_depth)) { return CSIMDJSON_NO_MEMORY; }
  }
  if (parser.doc.capacity() < length && parser.doc.allocate(rounded(length))) { return CSIMDJSON_NO_MEMORY; }
  auto error = parser.parse(text, length, false).error();
  document->tape = parser.doc.tape.get();
  document->strings = parser.doc.string_buf.get();
  switch (error) {
    case simdjson::SUCCESS: return CSIMDJSON_OK;
    case simdjson::DEPTH_ERROR: return CSIMDJSON_TOO_DEEP;
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC: return CSIMDJSON_NO_MEMORY;
    default: return CSIMDJSON_REJECTED;
  }
}

extern "C" void csimdjson_trim(csimdjson_parser *holder, size_t length) {
  if (holder->parser.doc.capacity() <= length && holder->parser.capacity() <= length) { return; }
  holder->parser = simdjson::dom::parser();
}
