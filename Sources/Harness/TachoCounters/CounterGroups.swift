// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoRecord

/// Divides events into groups that fit the processor, by asking the kernel.
///
/// A group is counted as a whole or not at all, so that its counts are of the same time. What does not
/// fit into one group takes turns with it from sample to sample, instead of sharing counters within one.
package struct CounterGroups {
  /// Groups of the processor's events, which take turns.
  package private(set) var turns: [[EncodedEvent]] = []
  /// Events that the kernel counts itself: always.
  package private(set) var always: [EncodedEvent] = []
  /// What cannot be counted at all, with the kernel's answer.
  package private(set) var refused: [(event: EncodedEvent, error: PerfError)] = []

  /// Tries the events on one thread.
  ///
  /// `instructions`, if asked for, joins every group it fits into: ratios to it need both from one
  /// sample.
  package init(
    _ events: [EncodedEvent], thread: Int32, interface: any PerfEventInterface
  ) {
    func attempt(_ group: [EncodedEvent]) -> PerfError? {
      do throws(PerfError) {
        _ = try ThreadGroup(group, thread: thread, interface: interface)
        return nil
      } catch { return error }
    }
    var usable: [EncodedEvent] = []
    for event in events {
      if let error = attempt([event]) {
        refused.append((event, error))
      } else if event.isSoftware {
        always.append(event)
      } else {
        usable.append(event)
      }
    }
    let anchor = usable.first { $0.quantity == .instructions }
    var group: [EncodedEvent] = []
    for event in usable {
      if attempt(group + [event]) == nil {
        group.append(event)
        continue
      }
      turns.append(group)
      group = [event]
      if let anchor, attempt([anchor, event]) == nil { group = [anchor, event] }
    }
    if !group.isEmpty { turns.append(group) }
  }

  /// Two groups in place of one that the kernel accepted and then never counted, for example because a
  /// watchdog holds a counter; nil when it cannot be divided.
  package static func halves(of group: [EncodedEvent]) -> [[EncodedEvent]]? {
    let anchor = group.count > 2 ? group.first { $0.quantity == .instructions } : nil
    let rest = group.filter { $0 != anchor }
    guard rest.count > 1 else { return nil }
    let middle = (rest.count + 1) / 2
    return [rest[..<middle], rest[middle...]].map { (anchor.map { [$0] } ?? []) + $0 }
  }
}
