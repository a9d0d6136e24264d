// The one entry of libFuzzer that we call.
#ifndef CLibFuzzer_H
#define CLibFuzzer_H

#include <stddef.h>
#include <stdint.h>

/// Fuzzes `run` as the arguments say. Returns or exits when done; a finding ends the process with an error.
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*run)(const uint8_t *data, size_t size));

#endif
