// What Swift sees of the library: its headers, and shims for what Swift cannot import (variadic calls, va_list).
#ifndef CMicrohttpd_H
#define CMicrohttpd_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

/// What a daemon is started with.
typedef struct cmhd_settings {
  int listen_descriptor;
  unsigned int threads;
  unsigned int connection_limit;
  unsigned int inactivity_seconds;
  size_t connection_memory;
  /// Passed to every callback below.
  void *context;
  MHD_AcceptPolicyCallback accept;
  MHD_NotifyConnectionCallback connection;
  void *(*target)(void *context, const char *target, struct MHD_Connection *connection);
  MHD_AccessHandlerCallback access;
  MHD_RequestCompletedCallback completed;
} cmhd_settings;

/// Starts an epoll daemon with suspend, resume and upgrade on a listening socket, or returns NULL.
struct MHD_Daemon *cmhd_start(const cmhd_settings *settings);

/// Where the library's own complaints go, one line each; for all daemons of the process.
void cmhd_set_log(void (*log)(const char *line));

/// The connection's socket, or -1.
static inline int cmhd_descriptor(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

/// The peer's address, or NULL.
static inline const struct sockaddr *cmhd_peer(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

/// What the connection callback stored, or NULL.
static inline void *cmhd_socket_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

/// Gives an upgraded socket back, which closes it. Any thread.
static inline void cmhd_close_upgraded(struct MHD_UpgradeResponseHandle *handle) {
  MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

static inline bool cmhd_is_start(enum MHD_ConnectionNotificationCode code) {
  return code == MHD_CONNECTION_NOTIFY_STARTED;
}
static inline bool cmhd_is_in_order(enum MHD_RequestTerminationCode code) {
  return code == MHD_REQUEST_TERMINATED_COMPLETED_OK;
}

/// A response with a copy of the bytes, or NULL.
static inline struct MHD_Response *cmhd_response_copying(const void *bytes, size_t count) {
  return MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

static inline enum MHD_ValueKind cmhd_header_kind(void) { return MHD_HEADER_KIND; }
static inline uint64_t cmhd_size_unknown(void) { return MHD_SIZE_UNKNOWN; }

#endif
