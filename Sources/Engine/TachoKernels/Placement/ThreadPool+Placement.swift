// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import Glibc
import Synchronization

extension ThreadPool {
  /// Whether workers were to run on processors of their own.
  var isPinned: Bool { placement.map { !$0.processors.isEmpty } ?? false }

  /// Pins the calling thread, which is worker `index`.
  func pin(_ index: Int) {
    guard let processors = placement?.processors, !processors.isEmpty else { return }
    let processor = Int32(processors[index % processors.count])
    pinning[index].store(ThreadAffinity.set([processor], of: 0), ordering: .relaxed)
  }

  /// Why workers do not run where they were placed; nil when all of them do.
  package var placementFailure: String? {
    guard let placement, isPinned else { return nil }
    _ = threadIDs  // every worker has been pinned before it has an id
    for index in 0..<threads {
      let code = pinning[index].load(ordering: .acquiring)
      guard code != 0 else { continue }
      return "worker \(index) could not be pinned to processor "
        + "\(placement.processors[index % placement.processors.count]): "
        + String(cString: strerror(code))
    }
    return nil
  }

  /// Lets the calling thread start threads and processes that may run where it could before it became
  /// worker 0: they inherit its processors.
  package func unpinned<Result>(_ work: () throws -> Result) rethrows -> Result {
    guard isPinned, tk_thread_id() == caller else { return try work() }
    ThreadAffinity.set(callerProcessors, of: 0)
    defer { pin(0) }
    return try work()
  }
}
