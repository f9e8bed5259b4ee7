// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoKernels

/// Some tokens' keys and values in one layer.
///
/// Sequences share pages by holding references to them; the reference count is Swift's own, and a
/// page with one reference may be written.
package final class KVPage: @unchecked Sendable {
  package let layout: KVLayout
  private let memory: AlignedBuffer<UInt8>
  private weak var pool: KVPagePool?

  fileprivate init(layout: KVLayout, memory: AlignedBuffer<UInt8>, pool: KVPagePool) {
    self.layout = layout
    self.memory = memory
    self.pool = pool
  }

  deinit { pool?.recycle(memory, layout) }

  package var keys: UnsafeMutableRawPointer { UnsafeMutableRawPointer(memory.pointer) }
  package var values: UnsafeMutableRawPointer { keys + layout.pageBytes / 2 }

  fileprivate func copyContents(from other: KVPage) {
    memcpy(memory.pointer, other.memory.pointer, layout.pageBytes)
  }
}

/// Hands out pages and takes their memory back, so that steady decoding allocates nothing.
package final class KVPagePool {
  private var free: [KVLayout: [AlignedBuffer<UInt8>]] = [:]
  /// Bytes in pages now in use, and the most there ever were.
  package private(set) var bytesInUse = 0
  package private(set) var peakBytes = 0

  package init() {}

  package func makePage(_ layout: KVLayout) -> KVPage {
    bytesInUse += layout.pageBytes
    peakBytes = max(peakBytes, bytesInUse)
    let memory = free[layout]?.popLast() ?? AlignedBuffer(count: layout.pageBytes)
    return KVPage(layout: layout, memory: memory, pool: self)
  }

  /// A page with the same contents that nobody else refers to.
  package func copy(_ page: KVPage) -> KVPage {
    let copy = makePage(page.layout)
    copy.copyContents(from: page)
    return copy
  }

  fileprivate func recycle(_ memory: AlignedBuffer<UInt8>, _ layout: KVLayout) {
    bytesInUse -= layout.pageBytes
    free[layout, default: []].append(memory)
  }
}
