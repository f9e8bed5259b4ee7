// SPDX-License-Identifier: Apache-2.0

/// What a worker may use before it is ended.
package struct WorkerLimits: Sendable, Hashable {
  /// Anonymous memory of the worker and its children; nil for no cap.
  package var memoryCapBytes: Int?
  /// The longest reply line.
  package var lineBytes = 64 << 20
  /// Other output on stdout, in all.
  package var noiseBytes = 16 << 20

  package init(memoryCapBytes: Int? = nil) {
    self.memoryCapBytes = memoryCapBytes
  }

  /// The kernel's own limit on private memory, for what grows faster than the watchdog looks; 0 for none.
  ///
  /// Twice the cap and room for thread stacks, which count as soon as they are reserved.
  var hardDataLimit: UInt64 {
    guard let cap = memoryCapBytes, cap > 0 else { return 0 }
    let (double, overflow) = UInt64(cap).multipliedReportingOverflow(by: 2)
    return overflow ? 0 : double + 512 << 20
  }
}
