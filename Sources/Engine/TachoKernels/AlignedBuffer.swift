// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Memory for kernels: aligned to 64 bytes (large ones to 2 MiB, in huge pages where the system gives
/// them), zeroed unless asked for otherwise, freed with its last reference.
///
/// Sendable because its users divide it into disjoint parts; it has no synchronisation of its own.
package final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  package let pointer: UnsafeMutablePointer<Element>
  package let count: Int

  private static var hugePage: Int { 2 << 20 }

  package convenience init(count: Int) {
    self.init(uninitializedCount: count)
    memset(pointer, 0, Self.bytes(count))
  }

  private static func bytes(_ count: Int) -> Int {
    max(64, (count * MemoryLayout<Element>.stride + 63) / 64 * 64)
  }

  /// Memory with any contents, for who writes all of it before reading.
  package init(uninitializedCount count: Int) {
    precondition(count >= 0, "a buffer cannot have \(count) elements")
    self.count = count
    let bytes = Self.bytes(count)
    var raw: UnsafeMutableRawPointer?
    // Streaming through 4 KiB pages costs a translation each; huge pages keep a bandwidth-bound kernel
    // near the memory's rate.
    let huge = bytes >= Self.hugePage
    let code = posix_memalign(&raw, huge ? Self.hugePage : 64, bytes)
    guard code == 0, let raw else {
      preconditionFailure("out of memory: \(bytes) bytes for a kernel buffer")
    }
    if huge { madvise(raw, bytes, MADV_HUGEPAGE) }
    pointer = raw.bindMemory(to: Element.self, capacity: max(1, count))
  }

  deinit { free(pointer) }

  package var buffer: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }
}
