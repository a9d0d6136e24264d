// The Linux calls that Glibc's Swift overlay leaves out. Headers only, no policy.
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// The calling thread's `errno`; read it before anything else runs.
static inline int csystem_errno(void) { return errno; }

/// Resident set size of this process in bytes, or -1.
static inline int64_t csystem_resident_bytes(void) {
  FILE *file = fopen("/proc/self/statm", "re");
  if (!file) return -1;
  long long total = 0, resident = 0;
  int read = fscanf(file, "%lld %lld", &total, &resident);
  fclose(file);
  return read == 2 ? (int64_t)resident * sysconf(_SC_PAGESIZE) : -1;
}

/// Names the calling thread; the kernel keeps the first 15 bytes.
static inline void csystem_set_thread_name(const char *name) {
  char shortened[16] = {0};
  strncpy(shortened, name, sizeof shortened - 1);
  prctl(PR_SET_NAME, shortened, 0, 0, 0);
}

/// Removes a file or a folder with everything in it, never following links; 0, or -1 with `errno` set.
int csystem_remove_tree(const char *path);

/// Has a spawned process inherit no descriptor from `first` on; 0 or an error number.
int csystem_spawn_closes_from(posix_spawn_file_actions_t *actions, int first);

/// Has a spawned process begin in a folder; 0 or an error number.
int csystem_spawn_changes_to(posix_spawn_file_actions_t *actions, const char *folder);

/// The environment of this process, as environ(7) gives it; do not change it while reading.
char **csystem_environment(void);

/// Makes SIGTERM and SIGINT write to an eventfd instead of ending the process, once each: a second one ends it.
/// (`signalfd` would need them blocked in every thread, and libdispatch has one that takes all signals.) Call once;
/// returns the descriptor, or -1 with `errno` set.
int csystem_stop_signals(void);

#endif
