// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// An event as perf_event_attr wants it.
package struct EncodedEvent: Sendable, Hashable {
  /// As it was asked for.
  package var name: String
  package var type: UInt32
  package var config: UInt64
  package var config1: UInt64 = 0
  package var config2: UInt64 = 0
  package var precise: UInt32 = 0
  /// What the name itself asks for, as in `cycles:u`.
  package var excludeUser = false
  package var excludeKernel = false
  package var excludeHypervisor = false
  package var excludeGuest = false

  package init(name: String, type: UInt32, config: UInt64) {
    self.name = name
    self.type = type
    self.config = config
  }

  // perf_event_attr.type, as in linux/perf_event.h.
  package static let hardware: UInt32 = 0
  package static let software: UInt32 = 1
  package static let cache: UInt32 = 3

  /// Counted by the kernel itself: needs no counter of the processor and is never left out.
  package var isSoftware: Bool { type == Self.software }

  /// What it is to metrics, by the kernel's own numbers (PERF_COUNT_* in linux/perf_event.h).
  ///
  /// A cache event's number is cache | operation << 8 | result << 16.
  package var quantity: CounterReading.Quantity? {
    switch (type, config) {
    case (Self.hardware, 0): .cycles
    case (Self.hardware, 1): .instructions
    case (Self.hardware, 3): .llcMisses
    case (Self.hardware, 5): .branchMisses
    case (Self.software, 1): .taskClock
    case (Self.software, 2): .pageFaults
    case (Self.software, 3): .contextSwitches
    case (Self.software, 4): .cpuMigrations
    case (Self.cache, 0x10003): .dtlbMisses
    default: nil
    }
  }

  /// Happens only while the kernel runs (switches of context and of control group, migrations): in user
  /// mode alone there is nothing to count, and the kernel would report 0.
  package var isKernelsOwn: Bool { type == Self.software && [3, 4, 11].contains(config) }
}
