#include "CSystem.h"

#include <ftw.h>

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where) {
  (void)status, (void)kind, (void)where;
  return remove(path);
}

int csystem_remove_tree(const char *path) { return nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS); }

char **csystem_environment(void) { return environ; }

static void change_stop_signals(int how) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(how, &signals, NULL);
}

void csystem_block_stop_signals(void) { change_stop_signals(SIG_BLOCK); }

void csystem_unblock_stop_signals(void) { change_stop_signals(SIG_UNBLOCK); }
