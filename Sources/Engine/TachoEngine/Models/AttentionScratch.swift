// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoKernels

/// What attention launches need besides their data, kept from one to the next.
package final class AttentionScratch {
  /// The arrays of one kernel call.
  struct Worker {
    let queries = AlignedBuffer<UnsafePointer<Float>?>(count: Int(TK_ATTENTION_QUERIES))
    let outputs = AlignedBuffer<UnsafeMutablePointer<Float>?>(count: Int(TK_ATTENTION_QUERIES))
    let visible = AlignedBuffer<UInt32>(count: Int(TK_ATTENTION_QUERIES))
    /// The tree mask's words of each query.
    var tree = AlignedBuffer<UInt64>(count: 0)
  }

  private(set) var workers: [Worker] = []
  private(set) var partials = AlignedBuffer<Float>(count: 0)

  package init() {}

  func reserve(workers count: Int, partialFloats: Int, treeWords: Int) {
    while workers.count < count { workers.append(Worker()) }
    let words = treeWords * Int(TK_ATTENTION_QUERIES)
    for index in workers.indices where workers[index].tree.count < words {
      workers[index].tree = AlignedBuffer(count: words)
    }
    if partials.count < partialFloats {
      partials = AlignedBuffer(count: max(partialFloats, 2 * partials.count))
    }
  }
}
