// SPDX-License-Identifier: Apache-2.0

/// The parts of a model's start (kind `load`), within the timed region that ends with the first
/// token's logits; nanoseconds of CLOCK_MONOTONIC.
package struct LoadTimes: Sendable, Hashable, Codable {
  /// When the file was mapped and parsed.
  package var mappedNs: Int
  /// When the engine was ready to read a prompt.
  package var readyNs: Int
  /// How long repacking weights took, and how many bytes it wrote; zero bytes where none are repacked.
  package var repackNs: Int
  package var repackedBytes: Int
  /// The share of the files' pages that were in memory before the timed region, or why it is not known.
  package var residentShare: Double?
  package var residencyProblem: String?

  package init(mappedNs: Int, readyNs: Int, repackNs: Int, repackedBytes: Int) {
    self.mappedNs = mappedNs
    self.readyNs = readyNs
    self.repackNs = repackNs
    self.repackedBytes = repackedBytes
  }
}
