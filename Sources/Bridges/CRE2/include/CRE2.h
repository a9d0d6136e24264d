// What Swift sees of RE2: one pattern, and a sieve over many. No exception leaves these functions, no C++ type enters.
#ifndef CRE2_H
#define CRE2_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How a pattern is read.
typedef struct {
  /// What the compiled pattern and its automata may take, in bytes; RE2 divides it among them.
  int64_t max_memory;
  int ignores_case;
  /// Whether `.` matches line ends too.
  int dot_matches_newline;
} cre2_options;

typedef enum {
  CRE2_OK = 0,
  CRE2_NO_MEMORY,
  CRE2_BAD_ESCAPE,
  CRE2_BAD_CLASS,
  CRE2_BAD_RANGE,
  CRE2_MISSING_BRACKET,
  CRE2_MISSING_PARENTHESIS,
  CRE2_UNEXPECTED_PARENTHESIS,
  CRE2_TRAILING_BACKSLASH,
  CRE2_NOTHING_TO_REPEAT,
  CRE2_REPEATS_TOO_OFTEN,
  CRE2_REPEATS_A_REPEAT,
  CRE2_UNSUPPORTED,
  CRE2_NOT_UTF8,
  CRE2_BAD_GROUP_NAME,
  CRE2_TOO_LARGE,
  CRE2_INTERNAL,
} cre2_status;

/// Where RE2 stumbled: a piece of the pattern, cut to fit, closed by a zero byte.
typedef struct {
  char fragment[64];
} cre2_fault;

/// A compiled pattern. Matching is safe on many threads at once.
typedef struct cre2_pattern cre2_pattern;

/// Compiles `length` bytes of UTF-8 into `*result`; on failure `*result` is NULL and `*fault` is filled.
int cre2_compile(
    const char *pattern, size_t length, cre2_options options, cre2_pattern **result, cre2_fault *fault);
void cre2_destroy(cre2_pattern *pattern);

/// How many instructions the pattern became.
int cre2_size(const cre2_pattern *pattern);
int cre2_group_count(const cre2_pattern *pattern);

/// 1 when the pattern is found in the text, 0 when not. Constant memory but for RE2's own bounded caches.
int cre2_contains(const cre2_pattern *pattern, const char *text, size_t length);

/// As above, and writes begin and end of the match and its groups as byte offsets, SIZE_MAX for a group that took no
/// part: `ranges` has room for 2 * `count`, of which the first pair is the whole match. Searching begins at `start`.
int cre2_find(
    const cre2_pattern *pattern, const char *text, size_t length, size_t start, size_t *ranges, size_t count);

/// Many patterns, and which literals a text must contain before one of them is worth running.
typedef struct cre2_sieve cre2_sieve;

/// An empty sieve, or NULL without memory.
cre2_sieve *cre2_sieve_create(void);
void cre2_sieve_destroy(cre2_sieve *sieve);

/// Adds a pattern; their numbers count from zero. `*size` is how many instructions it became.
int cre2_sieve_add(
    cre2_sieve *sieve, const char *pattern, size_t length, cre2_options options, int *size, cre2_fault *fault);

/// Ends the adding. Needs one pattern at least.
int cre2_sieve_seal(cre2_sieve *sieve);

/// The literals, in lower case; valid as long as the sieve.
size_t cre2_sieve_literal_count(const cre2_sieve *sieve);
const char *cre2_sieve_literal(const cre2_sieve *sieve, size_t index, size_t *length);

/// Runs what can match `text`, which contains the literals of these numbers (once each), and writes the numbers of the
/// patterns that do match, in rising order, to `matched`, which has room for all. Safe on many threads at once.
///
/// Returns how many there are; -1 without memory.
ptrdiff_t cre2_sieve_match(
    const cre2_sieve *sieve, const char *text, size_t length, const int32_t *literals, size_t literal_count,
    int32_t *matched);

#ifdef __cplusplus
}
#endif

#endif
