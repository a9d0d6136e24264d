// Tests of metrics: values, bounds, and the text that Prometheus reads.

import Telemetry
import Testing

@Suite struct MetricsTests {
  private let registry = MetricRegistry(seriesLimit: 3)

  @Test func `the same name and labels give the same metric`() {
    registry.counter("requests_total", help: "Requests.", labels: ["code": "200", "method": "GET"])
      .increment()
    registry.counter("requests_total", help: "Requests.", labels: ["method": "GET", "code": "200"]).increment(
      by: 2)
    #expect(
      PrometheusText.write(registry) == """
        # HELP requests_total Requests.
        # TYPE requests_total counter
        requests_total{code="200",method="GET"} 3

        """)
  }

  @Test func `text is escaped`() {
    registry.gauge("depth", help: "A \\ and\na \"line\".", labels: ["q": "a\\b\"c\nd"]).set(-5)
    #expect(
      PrometheusText.write(registry) == #"""
        # HELP depth A \\ and\na "line".
        # TYPE depth gauge
        depth{q="a\\b\"c\nd"} -5

        """#)
  }

  @Test func `a histogram counts up to each bound, which belongs to its bucket`() {
    let histogram = registry.histogram("wait_seconds", help: "Wait.", labels: ["q": "a"], buckets: [0.1, 1])
    for value in [0.05, 0.1, 0.5, 7, .nan] { histogram.record(value) }
    histogram.record(.milliseconds(250))
    #expect(
      PrometheusText.write(registry) == """
        # HELP wait_seconds Wait.
        # TYPE wait_seconds histogram
        wait_seconds_bucket{q="a",le="0.1"} 2
        wait_seconds_bucket{q="a",le="1"} 4
        wait_seconds_bucket{q="a",le="+Inf"} 5
        wait_seconds_sum{q="a"} 7.9
        wait_seconds_count{q="a"} 5

        """)
  }

  @Test func `a histogram without buckets has those for seconds`() {
    registry.histogram("t_seconds", help: "T.").record(0.003)
    let text = PrometheusText.write(registry)
    #expect(text.contains("t_seconds_bucket{le=\"0.0025\"} 0\nt_seconds_bucket{le=\"0.005\"} 1\n"))
    #expect(text.contains("t_seconds_bucket{le=\"+Inf\"} 1\nt_seconds_sum 0.003\nt_seconds_count 1\n"))
  }

  @Test func `beyond the bound, labels share one series, and that is counted`() {
    for number in 0..<10 {
      registry.counter("hits_total", help: "Hits.", labels: ["path": "/\(number)"]).increment()
    }
    let text = PrometheusText.write(registry)
    #expect(text.contains("hits_total{path=\"/2\"} 1\n") && !text.contains("\"/3\""))
    #expect(text.contains("hits_total{path=\"other\"} 7\n"))
    #expect(text.contains("telemetry_label_overflow_total{metric=\"hits_total\"} 7\n"))
  }

  @Test func `a reading is asked for at each scrape, and may have nothing to say`() {
    let depth = registry.gauge("inner", help: "Inner.")
    registry.gauge("read", help: "Read.") { depth.current == 0 ? nil : Double(depth.current) }
    #expect(!PrometheusText.write(registry).contains("\nread "))
    depth.set(4)
    #expect(PrometheusText.write(registry).contains("\nread 4\n"))
    registry.gauge("read", help: "Read.") { .infinity }
    #expect(PrometheusText.write(registry).contains("\nread +Inf\n"))
  }

  @Test func `counting from many tasks loses nothing`() async {
    let (counter, histogram) = (registry.counter("c_total", help: "C."), registry.histogram("h", help: "H."))
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<2_000 {
            counter.increment()
            histogram.record(0.25)
          }
        }
      }
    }
    #expect(counter.current == 16_000)
    #expect(PrometheusText.write(registry).contains("h_sum 4000\nh_count 16000\n"))
  }

  @Test(arguments: [("a", true), ("a:b_1", true), ("", false), ("1a", false), ("a-b", false), ("ä", false)])
  func `names are checked`(name: String, isValid: Bool) {
    #expect(MetricRegistry.isValidName(name) == isValid)
  }

  @Test(arguments: [("a_1", true), ("a:b", false), ("__a", false), ("", false), ("0", false)])
  func `names of labels are checked`(name: String, isValid: Bool) {
    #expect(MetricRegistry.isValidLabel(name) == isValid)
  }

  @Test func `a wrong name ends the program`() async {
    await #expect(processExitsWith: .failure) { _ = MetricRegistry().counter("no-name", help: "") }
    await #expect(processExitsWith: .failure) {
      let registry = MetricRegistry()
      _ = (registry.counter("a", help: ""), registry.gauge("a", help: ""))
    }
  }

  @Test func `the process tells of itself`() throws {
    let text = PrometheusText.write(.process)
    func value(_ name: String) throws -> Double {
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(name) ") })
      return try #require(Double(line.dropFirst(name.count + 1)))
    }
    #expect(try value("process_resident_memory_bytes") > 1_048_576)
    #expect(try value("process_open_fds") >= 3)
    #expect(try value("process_max_fds") >= value("process_open_fds"))
    #expect(try value("process_cpu_seconds_total") > 0)
    let now = Double(wallClockMilliseconds()) / 1_000.0
    let started = try value("process_start_time_seconds")
    #expect(started > now - 3_600 && started < now + 1)
    #expect(text.contains("# TYPE process_cpu_seconds_total counter\n"))
  }
}
