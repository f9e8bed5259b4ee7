// SPDX-License-Identifier: Apache-2.0
import CTachoKernels

/// The processors that a thread may run on (sched_setaffinity(2)).
package enum ThreadAffinity {
  /// Those of the calling thread, ascending.
  package static func allowed() -> [Int32] {
    var processors = [Int32](repeating: 0, count: 8192)
    let count = tk_allowed_processors(&processors, processors.count)
    return Array(processors.prefix(count))
  }

  /// Restricts a thread (the kernel's id; 0: the caller): 0 or an error number.
  @discardableResult
  package static func set(_ processors: [Int32], of thread: Int32) -> Int32 {
    tk_pin_thread(thread, processors, processors.count)
  }
}
