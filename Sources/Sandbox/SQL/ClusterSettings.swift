// How the private PostgreSQL is set up: small, quiet, closed.

package import EventLoop

/// Where a private cluster lives, and what it may use.
package struct ClusterSettings: Sendable {
  /// The cluster's folder: made at first need, on its own, never shared. The account below must be able to enter the
  /// folders above it.
  package let folder: String
  /// Where its timers run.
  let loop: EventLoop
  /// PostgreSQL's programs; version 14 or later.
  package var programs = "/usr/lib/postgresql/15/bin"
  /// Who runs it when we are root, which PostgreSQL refuses; anybody else runs it as themselves.
  package var account = "postgres"
  /// Bytes of its own that each of its processes may have: what a statement can use up.
  package var memoryPerProcess = 192 << 20
  /// Bytes of one file, hence of one table: the last wall behind the cap on a schema.
  package var largestFile = 256 << 20
  /// Connections, three of them kept for us.
  package var connections = 48
  /// `fsync`: off for tests only.
  package var isDurable = true

  package init(folder: String, loop: EventLoop) { (self.folder, self.loop) = (folder, loop) }

  /// The cluster's superuser and the only login that needs no password: the system tells who is at the other end.
  static let owner = "guildhall"

  var data: String { "\(folder)/data" }

  func program(_ name: String) -> String { "\(programs)/\(name)" }

  /// `postgresql.conf` in full: the command line wins over every file, and over `ALTER SYSTEM`.
  var options: [String] {
    let text: [String] = [
      "listen_addresses=", "unix_socket_directories=\(folder)", "unix_socket_permissions=0700", "port=5432",
      "max_connections=\(connections)", "superuser_reserved_connections=3",
      "fsync=\(isDurable ? "on" : "off")",
      // Memory.
      "shared_buffers=16MB", "work_mem=2MB", "maintenance_work_mem=16MB", "temp_buffers=800kB",
      "effective_cache_size=64MB", "max_wal_size=128MB", "min_wal_size=32MB", "wal_buffers=1MB",
      "wal_compression=on", "huge_pages=off", "temp_file_limit=64MB",
      // One process a statement, none that nobody asked for.
      "jit=off", "max_parallel_workers=0", "max_parallel_workers_per_gather=0", "max_worker_processes=1",
      "autovacuum_max_workers=1", "wal_level=minimal", "max_wal_senders=0", "max_replication_slots=0",
      "max_logical_replication_workers=0",
      // Time.
      "lock_timeout=3s", "idle_in_transaction_session_timeout=10s", "client_connection_check_interval=2s",
      "authentication_timeout=10s",
      // Statements and their values are nobody's to read; only what keeps the server from running is told.
      "logging_collector=off", "log_min_messages=fatal", "log_min_error_statement=panic",
      "log_checkpoints=off",
      "log_autovacuum_min_duration=-1", "log_error_verbosity=terse", "update_process_title=off",
      // What texts mean, whatever the machine says.
      "timezone=UTC", "datestyle=ISO, MDY", "intervalstyle=postgres", "bytea_output=hex",
      "extra_float_digits=1",
      "standard_conforming_strings=on", "password_encryption=scram-sha-256", "ssl=off",
      "shared_preload_libraries=", "dynamic_library_path=$libdir",
    ]
    return text.flatMap { ["-c", $0] }
  }

  /// `pg_hba.conf`: we come in as the owner by what the system says of us, plugins with a password, to one database.
  static let authentication = """
    local all \(owner) peer map=\(owner)
    local \(PluginDatabase.databaseName) all scram-sha-256
    local all all reject

    """
}
