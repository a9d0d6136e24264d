// RE2 and its prefilter behind C functions. No policy: limits and sentences are the room Patterns's.
#include "CRE2.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <vector>

struct cre2_pattern {
  re2::RE2 expression;
  cre2_pattern(const re2::StringPiece &pattern, const re2::RE2::Options &options) : expression(pattern, options) {}
};

struct cre2_sieve {
  // RE2 wants literals of one character too: a single unusual letter is what most patterns lack.
  re2::FilteredRE2 filter{1};
  std::vector<std::string> literals;
};

static re2::RE2::Options translated(const cre2_options &options) {
  re2::RE2::Options result;
  result.set_log_errors(false);
  result.set_max_mem(options.max_memory);
  result.set_case_sensitive(!options.ignores_case);
  result.set_dot_nl(options.dot_matches_newline != 0);
  return result;
}

static int status_of(re2::RE2::ErrorCode code) {
  switch (code) {
    case re2::RE2::NoError: return CRE2_OK;
    case re2::RE2::ErrorBadEscape: return CRE2_BAD_ESCAPE;
    case re2::RE2::ErrorBadCharClass: return CRE2_BAD_CLASS;
    case re2::RE2::ErrorBadCharRange: return CRE2_BAD_RANGE;
    case re2::RE2::ErrorMissingBracket: return CRE2_MISSING_BRACKET;
    case re2::RE2::ErrorMissingParen: return CRE2_MISSING_PARENTHESIS;
    case re2::RE2::ErrorUnexpectedParen: return CRE2_UNEXPECTED_PARENTHESIS;
    case re2::RE2::ErrorTrailingBackslash: return CRE2_TRAILING_BACKSLASH;
    case re2::RE2::ErrorRepeatArgument: return CRE2_NOTHING_TO_REPEAT;
    case re2::RE2::ErrorRepeatSize: return CRE2_REPEATS_TOO_OFTEN;
    case re2::RE2::ErrorRepeatOp: return CRE2_REPEATS_A_REPEAT;
    case re2::RE2::ErrorBadPerlOp: return CRE2_UNSUPPORTED;
    case re2::RE2::ErrorBadUTF8: return CRE2_NOT_UTF8;
    case re2::RE2::ErrorBadNamedCapture: return CRE2_BAD_GROUP_NAME;
    case re2::RE2::ErrorPatternTooLarge: return CRE2_TOO_LARGE;
    default: return CRE2_INTERNAL;
  }
}

/// Copies a piece of the pattern, never half a character.
static void note(cre2_fault *fault, const std::string &argument) {
  size_t length = std::min(argument.size(), sizeof fault->fragment - 1);
  while (length < argument.size() && length > 0 && (argument[length] & 0xC0) == 0x80) { length--; }
  std::memcpy(fault->fragment, argument.data(), length);
  fault->fragment[length] = 0;
}

extern "C" int cre2_compile(
    const char *pattern, size_t length, cre2_options options, cre2_pattern **result, cre2_fault *fault) {
  *result = nullptr;
  fault->fragment[0] = 0;
  try {
    auto *holder = new cre2_pattern(re2::StringPiece(pattern, length), translated(options));
    if (holder->expression.ok()) {
      *result = holder;
      return CRE2_OK;
    }
    int status = status_of(holder->expression.error_code());
    note(fault, holder->expression.error_arg());
    delete holder;
    return status;
  } catch (...) {
    return CRE2_NO_MEMORY;
  }
}

extern "C" void cre2_destroy(cre2_pattern *pattern) { delete pattern; }

extern "C" int cre2_size(const cre2_pattern *pattern) { return pattern->expression.ProgramSize(); }

extern "C" int cre2_group_count(const cre2_pattern *pattern) {
  return pattern->expression.NumberOfCapturingGroups();
}

extern "C" int cre2_contains(const cre2_pattern *pattern, const char *text, size_t length) {
  try {
    return pattern->expression.Match(
        re2::StringPiece(text, length), 0, length, re2::RE2::UNANCHORED, nullptr, 0);
  } catch (...) {
    return 0;
  }
}

extern "C" int cre2_find(
    const cre2_pattern *pattern, const char *text, size_t length, size_t start, size_t *ranges, size_t count) {
  try {
    std::vector<re2::StringPiece> groups(count);
    int found = pattern->expression.Match(
        re2::StringPiece(text, length), start, length, re2::RE2::UNANCHORED, groups.data(),
        static_cast<int>(count));
    for (size_t index = 0; found && index < count; index++) {
      bool took_part = groups[index].data() != nullptr;
      ranges[2 * index] = took_part ? static_cast<size_t>(groups[index].data() - text) : SIZE_MAX;
      ranges[2 * index + 1] = took_part ? ranges[2 * index] + groups[index].size() : SIZE_MAX;
    }
    return found;
  } catch (...) {
    return 0;
  }
}

extern "C" cre2_sieve *cre2_sieve_create(void) {
  try {
    return new cre2_sieve;
  } catch (...) {
    return nullptr;
  }
}

extern "C" void cre2_sieve_destroy(cre2_sieve *sieve) { delete sieve; }

extern "C" int cre2_sieve_add(
    cre2_sieve *sieve, const char *pattern, size_t length, cre2_options options, int *size, cre2_fault *fault) {
  fault->fragment[0] = 0;
  try {
    re2::RE2::Options translation = translated(options);
    int number = 0;
    auto code = sieve->filter.Add(re2::StringPiece(pattern, length), translation, &number);
    if (code == re2::RE2::NoError) {
      *size = sieve->filter.GetRE2(number).ProgramSize();
      return CRE2_OK;
    }
    // The filter keeps no pattern that failed; ask once more for the place.
    note(fault, re2::RE2(re2::StringPiece(pattern, length), translation).error_arg());
    return status_of(code);
  } catch (...) {
    return CRE2_NO_MEMORY;
  }
}

extern "C" int cre2_sieve_seal(cre2_sieve *sieve) {
  try {
    sieve->filter.Compile(&sieve->literals);
    return CRE2_OK;
  } catch (...) {
    return CRE2_NO_MEMORY;
  }
}

extern "C" size_t cre2_sieve_literal_count(const cre2_sieve *sieve) { return sieve->literals.size(); }

extern "C" const char *cre2_sieve_literal(const cre2_sieve *sieve, size_t index, size_t *length) {
  *length = sieve->literals[index].size();
  return sieve->literals[index].data();
}

extern "C" ptrdiff_t cre2_sieve_match(
    const cre2_sieve *sieve, const char *text, size_t length, const int32_t *literals, size_t literal_count,
    int32_t *matched) {
  try {
    std::vector<int> present(literals, literals + literal_count);
    std::vector<int> worthwhile;
    sieve->filter.AllPotentials(present, &worthwhile);
    std::sort(worthwhile.begin(), worthwhile.end());
    ptrdiff_t count = 0;
    re2::StringPiece piece(text, length);
    for (int number : worthwhile) {
      if (sieve->filter.GetRE2(number).Match(piece, 0, length, re2::RE2::UNANCHORED, nullptr, 0)) {
        matched[count++] = number;
      }
    }
    return count;
  } catch (...) {
    return -1;
  }
}
