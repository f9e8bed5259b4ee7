// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

extension JSONExport {
  /// `{event, quantity, scope, group, raw, enabled_ns, running_ns, value, validity, unavailable,
  /// threads: [{thread, raw, ...}]}` of each event; null when none was asked for.
  static func counters(_ readings: [CounterReading]?) -> ConfigurationValue {
    guard let readings else { return .null }
    return .array(
      readings.map { reading in
        var members = members(reading.total)
        members["event"] = .string(reading.event)
        members["quantity"] = text(reading.quantity?.rawValue)
        members["scope"] = text(reading.scope?.rawValue)
        members["group"] = whole(reading.group)
        members["threads"] = .array(
          reading.threads.map { part in
            .object(Self.members(part.count).merging(["thread": .int(part.thread)]) { $1 })
          })
        return .object(members)
      })
  }

  /// `{op, launches, event, scope, group, raw, ...}` of each operation and event.
  static func kernelCounters(_ readings: [KernelCounterReading]?) -> ConfigurationValue {
    guard let readings else { return .null }
    return .array(
      readings.map { reading in
        var members = members(reading.count)
        members["op"] = .string(reading.op)
        members["launches"] = .int(reading.launches)
        members["event"] = .string(reading.event)
        members["scope"] = text(reading.scope?.rawValue)
        members["group"] = whole(reading.group)
        return .object(members)
      })
  }

  private static func members(_ count: CounterCount) -> [String: ConfigurationValue] {
    [
      "raw": whole(count.raw), "enabled_ns": whole(count.enabledNs),
      "running_ns": whole(count.runningNs),
      "value": count.value.flatMap { $0.isFinite ? .double($0) : nil } ?? .null,
      "validity": .string(count.validity.rawValue), "unavailable": text(count.reason),
    ]
  }

  private static func whole(_ value: Int?) -> ConfigurationValue { value.map { .int($0) } ?? .null }
}
