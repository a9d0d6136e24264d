// What Swift sees of simdjson: parse a buffer onto a tape, and where tape and strings are. The library's own
// header takes ten seconds to compile and stays in the .cpp file.
#ifndef CSimdjson_H
#define CSimdjson_H

#include <stdint.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parser and the one document it holds.
typedef struct csimdjson_parser csimdjson_parser;

/// The parsed document; valid until the next parse, trim or destroy of its parser.
typedef struct {
  const uint64_t *tape;
  const uint8_t *strings;
} csimdjson_document;

typedef enum {
  CSIMDJSON_OK = 0,
  /// Not a JSON text the library accepts.
  CSIMDJSON_REJECTED = 1,
  /// A non-empty container lies at level `max_depth` or beyond it.
  CSIMDJSON_TOO_DEEP = 2,
  /// No memory, or a text of 4 GiB and more.
  CSIMDJSON_NO_MEMORY = 3,
} csimdjson_status;

/// How many readable bytes must follow the text in `csimdjson_parse`.
size_t csimdjson_padding(void);

/// A new parser, or NULL without memory.
csimdjson_parser *csimdjson_create(void);
void csimdjson_destroy(csimdjson_parser *parser);

/// Parses `length` bytes at `text`; `text[length ..< length + csimdjson_padding()]` must be readable.
int csimdjson_parse(
    csimdjson_parser *parser, const uint8_t *text, size_t length, size_t max_depth, csimdjson_document *document);

/// Gives memory back if the parser can hold texts longer than `length` bytes.
void csimdjson_trim(csimdjson_parser *parser, size_t length);

#ifdef __cplusplus
}
#endif

#endif
