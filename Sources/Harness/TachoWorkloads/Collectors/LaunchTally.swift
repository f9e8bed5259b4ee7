// SPDX-License-Identifier: Apache-2.0
import TachoCounters
import TachoKernels
import TachoRecord

/// Sums what each worker's counters advanced by in its shares of launches, by operation.
///
/// A worker's entry is written by its own thread alone, during launches; the rest is read after them.
final class LaunchTally: LaunchProbe, @unchecked Sendable {
  private let workers: [Worker]

  /// One entry for each of the pool's workers; nil where a thread could not be counted.
  init(_ groups: [ThreadGroup?]) { workers = groups.map { Worker($0) } }

  func began(worker: Int) {
    if worker < workers.count { workers[worker].began() }
  }

  func ended(_ op: StaticString, worker: Int) {
    if worker < workers.count { workers[worker].ended(op) }
  }

  /// A reading for each operation and each event asked for, operations in the order they first ran.
  func readings(of session: CounterSession) -> [KernelCounterReading] {
    var order: [String] = []
    var launches: [String: Int] = [:]
    var sums: [String: [(thread: Int, values: [UInt64])]] = [:]
    for (index, worker) in workers.enumerated() {
      for entry in worker.entries {
        let op = entry.op.description
        if launches[op] == nil { order.append(op) }
        // Worker 0, the caller, shares in every launch.
        launches[op, default: 0] += index == 0 ? entry.count : 0
        sums[op, default: []].append((index, Array(entry.sums)))
      }
    }
    let failure = workers.lazy.compactMap(\.failure).first
    return order.flatMap { op in
      session.launchReadings(
        op: op, launches: launches[op] ?? 0, sums: sums[op] ?? [], failure: failure)
    }
  }

  /// One operation's sums on one worker.
  private final class Entry {
    let op: StaticString
    var count = 0
    let sums: UnsafeMutableBufferPointer<UInt64>

    init(_ op: StaticString, width: Int) {
      self.op = op
      sums = .allocate(capacity: width)
      sums.initialize(repeating: 0)
    }

    deinit { sums.deallocate() }

    /// Literals of one place are one address; `readings` joins those of several places.
    func isOf(_ other: StaticString) -> Bool {
      op.hasPointerRepresentation && other.hasPointerRepresentation
        && op.utf8Start == other.utf8Start
    }
  }

  private final class Worker {
    let group: ThreadGroup?
    private(set) var entries: [Entry] = []
    private(set) var failure: PerfError?
    private let before: UnsafeMutablePointer<UInt64>
    private let after: UnsafeMutablePointer<UInt64>
    private let width: Int

    init(_ group: ThreadGroup?) {
      self.group = group
      width = group?.width ?? 2
      before = .allocate(capacity: width)
      after = .allocate(capacity: width)
      entries.reserveCapacity(32)
    }

    deinit {
      before.deallocate()
      after.deallocate()
    }

    func began() {
      guard let group, failure == nil else { return }
      do throws(PerfError) { try group.readQuickly(into: before) } catch { failure = error }
    }

    func ended(_ op: StaticString) {
      guard let group, failure == nil else { return }
      do throws(PerfError) { try group.readQuickly(into: after) } catch {
        failure = error
        return
      }
      let entry = self.entry(op)
      entry.count += 1
      for index in 0..<width { entry.sums[index] &+= after[index] &- before[index] }
    }

    private func entry(_ op: StaticString) -> Entry {
      if let known = entries.first(where: { $0.isOf(op) }) { return known }
      let entry = Entry(op, width: width)
      entries.append(entry)
      return entry
    }
  }
}
