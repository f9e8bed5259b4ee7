// SPDX-License-Identifier: Apache-2.0
import TachoKernels
import Testing

/// Forbidding huge pages leaves none in new buffers.
@Suite(.serialized) struct HugePagesTests {
  /// How many bytes of huge pages a buffer of 32 MiB adds to the process.
  private func growth() -> Int? {
    guard let before = HugePages.bytesInUse() else { return nil }
    let buffer = AlignedBuffer<UInt8>(count: 32 << 20)
    return withExtendedLifetime(buffer) { HugePages.bytesInUse().map { $0 - before } }
  }

  @Test func neverMeansNone() throws {
    defer { #expect(throws: Never.self) { try HugePages.madvise.apply() } }
    try HugePages.never.apply()
    // Other tests free memory meanwhile, they get no new huge pages either.
    if let none = growth() { #expect(none <= 0) }
    try HugePages.madvise.apply()
    try HugePages.madvise.apply()
  }
}
