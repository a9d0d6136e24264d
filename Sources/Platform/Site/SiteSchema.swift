// The tables of what the operator publishes.

package import Storage

/// The tables of the operator's public pages, all in the platform's store.
///
/// * `site_legal`: every published version of the legal pages.
/// * `site_component`, `site_uptime`: how the installation's parts are, and how long a day they were so.
/// * `site_incident`, `site_incident_update`: what the operator wrote about incidents and maintenance.
package enum SiteSchema {
  /// Declared in the platform's store.
  package static let platform = SchemaOwner(
    "site", migrations: [first],
    tables: [
      Table(
        "site_legal",
        columns: [
          .init("kind", .text), .init("version", .integer), .init("markdown", .text),
          .init("published_at", .integer), .init("published_by", .integer),
        ], key: ["kind", "version"],
        data: TableData(
          "Every published version of the legal pages, and who published it",
          people: [.actor("published_by")], kept: .until("the installation is given up"))),
      Table(
        "site_component",
        columns: [
          .init("component", .text), .init("state", .text), .init("since", .integer),
          .init("reported_at", .integer), .init("counted_until", .integer),
        ], key: ["component"],
        data: TableData("How the parts of the installation are", kept: .until("the next report"))),
      Table(
        "site_uptime",
        columns: [
          .init("component", .text), .init("day_at", .integer), .init("operational_ms", .integer),
          .init("degraded_ms", .integer), .init("down_ms", .integer), .init("unknown_ms", .integer),
        ], key: ["component", "day_at"],
        data: TableData(
          "How long each day the parts of the installation worked", kept: .days(90, since: "day_at"))),
      Table(
        "site_incident",
        columns: [
          .init("number", .integer), .init("title", .text), .init("impact", .text), .init("status", .text),
          .init("components", .text), .init("opened_at", .integer), .init("resolved_at", .integer),
          .init("starts_at", .integer), .init("ends_at", .integer), .init("opened_by", .integer),
        ], key: ["number"],
        data: TableData(
          "Incidents and planned maintenance that the operator published, and who opened them",
          people: [.actor("opened_by")], kept: .until("500 later ones were published"))),
      Table(
        "site_incident_update",
        columns: [
          .init("incident", .integer), .init("number", .integer), .init("status", .text),
          .init("markdown", .text), .init("written_at", .integer), .init("written_by", .integer),
        ], key: ["incident", "number"],
        data: TableData(
          "What the operator wrote about an incident, and who wrote it",
          people: [.actor("written_by")], kept: .until("its incident goes"))),
    ])

  private static let first = Migration(
    1,
    [
      """
      CREATE TABLE site_legal (
        kind TEXT NOT NULL, version BIGINT NOT NULL, markdown TEXT NOT NULL, published_at BIGINT NOT NULL,
        published_by BIGINT, PRIMARY KEY (kind, version))
      """,
      """
      CREATE TABLE site_component (
        component TEXT NOT NULL, state TEXT NOT NULL, since BIGINT NOT NULL, reported_at BIGINT NOT NULL,
        counted_until BIGINT NOT NULL, PRIMARY KEY (component))
      """,
      """
      CREATE TABLE site_uptime (
        component TEXT NOT NULL, day_at BIGINT NOT NULL, operational_ms BIGINT NOT NULL, degraded_ms BIGINT NOT NULL,
        down_ms BIGINT NOT NULL, unknown_ms BIGINT NOT NULL, PRIMARY KEY (component, day_at))
      """,
      "CREATE INDEX site_uptime_by_day ON site_uptime (day_at)",
      """
      CREATE TABLE site_incident (
        number BIGINT NOT NULL, title TEXT NOT NULL, impact TEXT NOT NULL, status TEXT NOT NULL,
        components TEXT NOT NULL, opened_at BIGINT NOT NULL, resolved_at BIGINT, starts_at BIGINT, ends_at BIGINT,
        opened_by BIGINT, PRIMARY KEY (number))
      """,
      """
      CREATE TABLE site_incident_update (
        incident BIGINT NOT NULL, number BIGINT NOT NULL, status TEXT NOT NULL, markdown TEXT NOT NULL,
        written_at BIGINT NOT NULL, written_by BIGINT, PRIMARY KEY (incident, number))
      """,
    ])
}
