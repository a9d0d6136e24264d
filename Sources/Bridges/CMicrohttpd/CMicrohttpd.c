#include "CMicrohttpd.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void (*log_line)(const char *line);

void cmhd_set_log(void (*log)(const char *line)) { __atomic_store_n(&log_line, log, __ATOMIC_RELEASE); }

static void write_log(void *context, const char *format, va_list arguments) {
  (void)context;
  void (*log)(const char *line) = __atomic_load_n(&log_line, __ATOMIC_ACQUIRE);
  if (!log) return;
  char line[512];
  vsnprintf(line, sizeof line, format, arguments);
  size_t length = strlen(line);
  while (length > 0 && line[length - 1] == '\n') line[--length] = 0;
  log(line);
}

// The target is decoded by us, from the raw bytes: the library must leave it alone.
static size_t leave_escaped(void *context, struct MHD_Connection *connection, char *text) {
  (void)context, (void)connection;
  return strlen(text);
}

struct MHD_Daemon *cmhd_start(const cmhd_settings *settings) {
  unsigned int flags =
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE | MHD_USE_ERROR_LOG;
  struct MHD_OptionItem pool[] = {
      {settings->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, settings->threads, NULL},
      {MHD_OPTION_END, 0, NULL}};
  // The logger comes first, so that complaints about the other options reach it.
  return MHD_start_daemon(
      flags, 0, settings->accept, settings->context, settings->access, settings->context,
      MHD_OPTION_EXTERNAL_LOGGER, write_log, NULL,
      MHD_OPTION_LISTEN_SOCKET, settings->listen_descriptor,
      MHD_OPTION_NOTIFY_COMPLETED, settings->completed, settings->context,
      MHD_OPTION_NOTIFY_CONNECTION, settings->connection, settings->context,
      MHD_OPTION_URI_LOG_CALLBACK, settings->target, settings->context,
      MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
      MHD_OPTION_CONNECTION_LIMIT, settings->connection_limit,
      MHD_OPTION_CONNECTION_TIMEOUT, settings->inactivity_seconds,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings->connection_memory,
      MHD_OPTION_STRICT_FOR_CLIENT, (int)1,
      MHD_OPTION_ARRAY, pool,
      MHD_OPTION_END);
}
