#include "CSystem.h"

#include <ftw.h>

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where) {
  (void)status, (void)kind, (void)where;
  return remove(path);
}

int csystem_remove_tree(const char *path) { return nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS); }

char **csystem_environment(void) { return environ; }

static volatile sig_atomic_t stop_descriptor = -1;

static void stop_requested(int signal) {
  (void)signal;
  int saved = errno;
  uint64_t one = 1;
  // The counter of an eventfd takes it, or is full of earlier requests.
  (void)!write(stop_descriptor, &one, sizeof one);
  errno = saved;
}

int csystem_stop_signals(void) {
  stop_descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (stop_descriptor < 0) return -1;
  struct sigaction action = {.sa_handler = stop_requested, .sa_flags = SA_RESTART | SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGTERM, &action, NULL) != 0 || sigaction(SIGINT, &action, NULL) != 0) return -1;
  return stop_descriptor;
}

int csystem_spawn_closes_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int csystem_spawn_changes_to(posix_spawn_file_actions_t *actions, const char *folder) {
  return posix_spawn_file_actions_addchdir_np(actions, folder);
}
