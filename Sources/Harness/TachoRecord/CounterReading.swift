// SPDX-License-Identifier: Apache-2.0

/// One event over a sample's timed region: on every thread and in total.
package struct CounterReading: Sendable, Hashable, Codable {
  /// What metrics are made of, whatever name an event was asked for by.
  package enum Quantity: String, Sendable, Hashable, Codable, CaseIterable {
    case instructions, cycles
    case taskClock = "task-clock"
    case pageFaults = "page-faults"
    case contextSwitches = "context-switches"
    case cpuMigrations = "cpu-migrations"
    case llcMisses = "llc-misses"
    case branchMisses = "branch-misses"
    case dtlbMisses = "dtlb-misses"
  }

  /// Whose events were counted: the program's own, the kernel's on its behalf, or both.
  package enum Scope: String, Sendable, Hashable, Codable {
    case user, kernel
    case userAndKernel = "user+kernel"
  }

  /// One thread's part; `thread` is the kernel's id.
  package struct OnThread: Sendable, Hashable, Codable {
    package var thread: Int
    package var count: CounterCount

    package init(thread: Int, count: CounterCount) {
      self.thread = thread
      self.count = count
    }
  }

  /// The event as it was asked for.
  package var event: String
  /// Nil when it is none that a metric is made of.
  package var quantity: Quantity?
  package var scope: Scope?
  /// The group it belongs to; nil when it could not be opened.
  ///
  /// Events of one group are counted over exactly the same time.
  package var group: Int?
  package var total: CounterCount
  package var threads: [OnThread]

  package init(
    event: String, quantity: Quantity? = nil, scope: Scope? = nil, group: Int? = nil,
    total: CounterCount, threads: [OnThread] = []
  ) {
    self.event = event
    self.quantity = quantity
    self.scope = scope
    self.group = group
    self.total = total
    self.threads = threads
  }
}

/// One event inside the launches of one operation, summed over a sample and its workers.
package struct KernelCounterReading: Sendable, Hashable, Codable {
  package var op: String
  /// Launches in the sample.
  package var launches: Int
  package var event: String
  package var scope: CounterReading.Scope?
  package var group: Int?
  package var count: CounterCount

  package init(
    op: String, launches: Int, event: String, scope: CounterReading.Scope?, group: Int?,
    count: CounterCount
  ) {
    self.op = op
    self.launches = launches
    self.event = event
    self.scope = scope
    self.group = group
    self.count = count
  }
}
