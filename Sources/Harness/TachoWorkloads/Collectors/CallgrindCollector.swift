// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
package import TachoCatalog
package import TachoRecord

/// Marks the timed region for valgrind's callgrind, which counts the instructions in it.
///
/// It does so in the companion worker that the harness starts under valgrind for it; the harness reads
/// callgrind's file and adds the counts to the observation. A worker that is not under valgrind says so.
package final class CallgrindCollector: Collector {
  private let isCounting = tacho_valgrind_running() != 0

  package init(_ request: CollectorRequest) throws {}

  package var facts: [String: ConfigurationValue] { ["callgrind.valgrind": .bool(isCounting)] }

  /// The first warms caches up.
  ///
  /// Done within one request, because a reply in between, whose times have other
  /// digits every time, would leave memory in another state.
  package var repetitions: Int { isCounting ? 2 : 1 }

  package func begin() { tacho_callgrind_begin() }

  package func end() { tacho_callgrind_end("sample") }

  package func report(into observation: inout Observation) {
    guard !isCounting else { return }
    observation.callgrind = .unavailable("this worker does not run under valgrind")
  }
}
