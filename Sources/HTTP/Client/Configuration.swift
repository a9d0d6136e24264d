// What a client is told once, for all of its calls.

package import EventLoop

extension HTTPClient {
  /// Settings of a client; the defaults suit calls to one or a few services.
  package struct Configuration: Sendable {
    /// Calls that run at the same time; more wait.
    package var maximumConcurrentCalls = 256
    /// Calls that wait for a place; more fail with `.overloaded`.
    package var maximumWaitingCalls = 4_096
    /// Connections to one host and port; calls beyond wait for one.
    package var maximumConnectionsPerHost = 64
    /// Connections that are kept open when no call uses them.
    package var maximumIdleConnections = 128
    /// HTTP/2 streams on one connection, if the server allows as many.
    package var maximumStreamsPerConnection = 100
    /// Bytes of a response's header section, names and values together.
    package var maximumHeaderBytes = 65_536
    /// Where calls may go.
    package var outbound = OutboundPolicy.unrestricted
    /// The `User-Agent` unless a request has its own.
    package var userAgent = "Guildhall"
    /// A PEM file with the authorities to trust instead of the system's.
    package var certificateAuthorities: String?
    /// A proxy URL (`http://host:port`); nil connects directly, whatever the environment says. Not together with
    /// `OutboundPolicy.publicOnly`, which could not see beyond the proxy.
    package var proxy: String?
    /// Fixed answers instead of DNS, in libcurl's notation `host:port:address` (`CURLOPT_RESOLVE`).
    package var pinnedAddresses: [String] = []
    /// Where retries read the time and wait.
    package var time: any TimeSource = SystemTime()
    /// Numbers from 0 up to 1, for the jitter of retries.
    package var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    package init() {}
  }
}
