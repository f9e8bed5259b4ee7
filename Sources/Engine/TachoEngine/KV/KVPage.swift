// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoKernels

/// Some tokens' keys and values in one layer.
///
/// Sequences share pages by holding references to them; the reference count is Swift's own, and a
/// page with one reference may be written.
package final class KVPage: @unchecked Sendable {
  package let layout: KVLayout
  private let memory: PageMemory
  private weak var pool: KVPagePool?

  fileprivate init(layout: KVLayout, memory: PageMemory, pool: KVPagePool) {
    self.layout = layout
    self.memory = memory
    self.pool = pool
  }

  deinit { pool?.recycle(memory, layout) }

  package var keys: UnsafeMutableRawPointer { memory.pointer }
  package var values: UnsafeMutableRawPointer { keys + layout.pageBytes / 2 }

  fileprivate func copyContents(from other: KVPage) {
    memcpy(memory.pointer, other.memory.pointer, layout.pageBytes)
  }
}

/// A page's part of a slab, which lives as long as any of its parts.
private struct PageMemory {
  let slab: AlignedBuffer<UInt8>
  let offset: Int

  var pointer: UnsafeMutableRawPointer { UnsafeMutableRawPointer(slab.pointer) + offset }
}

/// Hands out pages and takes their memory back, so that steady decoding allocates nothing.
///
/// Pages are cut from slabs of whole huge pages, each slab as large as those before it together up to a
/// limit: reading a long context takes few address translations.
package final class KVPagePool {
  private struct Supply {
    var free: [PageMemory] = []
    var slabBytes = 0
  }

  private var supplies: [KVLayout: Supply] = [:]
  /// Bytes in pages now in use, and the most there ever were.
  package private(set) var bytesInUse = 0
  package private(set) var peakBytes = 0

  /// A slab's least size, a huge page, and the most: a larger one would be felt when it is cleared.
  private static let slabBytes = 2 << 20...16 << 20

  package init() {}

  package func makePage(_ layout: KVLayout) -> KVPage {
    bytesInUse += layout.pageBytes
    peakBytes = max(peakBytes, bytesInUse)
    return KVPage(layout: layout, memory: takeMemory(layout), pool: self)
  }

  private func takeMemory(_ layout: KVLayout) -> PageMemory {
    var supply = supplies[layout] ?? Supply()
    supplies[layout] = nil  // so that the array below has one owner
    defer { supplies[layout] = supply }
    if let memory = supply.free.popLast() { return memory }
    let distance = max(64, (layout.pageBytes + 63) / 64 * 64)
    let size = min(max(supply.slabBytes, Self.slabBytes.lowerBound), Self.slabBytes.upperBound)
    let slab = AlignedBuffer<UInt8>(count: max(size, distance))
    supply.slabBytes += slab.count
    // The lowest addresses are handed out first.
    supply.free = (0..<slab.count / distance).reversed().map {
      PageMemory(slab: slab, offset: $0 * distance)
    }
    return supply.free.removeLast()
  }

  /// A page with the same contents that nobody else refers to.
  package func copy(_ page: KVPage) -> KVPage {
    let copy = makePage(page.layout)
    copy.copyContents(from: page)
    return copy
  }

  fileprivate func recycle(_ memory: PageMemory, _ layout: KVLayout) {
    bytesInUse -= layout.pageBytes
    supplies[layout, default: Supply()].free.append(memory)
  }
}
