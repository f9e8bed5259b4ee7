// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// Gives the text of settings the type of their knobs, logging what does not fit.
struct SettingTyper {
  /// Values of all axes and patterns of one suite; ranges are short to write and long in memory.
  static let maxValues = 200_000

  let log: ProblemLog
  private let made = Tally()

  /// Counts across the copies of this struct.
  private final class Tally {
    var count = 0
  }

  init(log: ProblemLog) {
    self.log = log
  }

  /// One value of one knob, or nil when it was logged.
  func value(_ setting: RawSetting, _ knob: Knob) -> ConfigurationValue? {
    guard let text = setting.value.text else {
      log.add(
        setting.value.position,
        "\(knob.path): expected \(knob.expectation), found \(setting.value.noun);"
          + " to sweep several values put them under 'axes'")
      return nil
    }
    guard !setting.value.isEmpty else {
      log.add(setting.position, Self.missing(knob))
      return nil
    }
    do throws(ValueError) {
      return located(try knob.value(of: text), knob, setting.value)
    } catch {
      log.add(setting.value.position, error.description)
      return nil
    }
  }

  /// The values of a swept knob: a list, a range, or one value.
  ///
  /// Empty when something was logged.
  func values(_ setting: RawSetting, _ knob: Knob) -> [ConfigurationValue] {
    let nodes: [YAMLNode]
    if case .sequence(let elements) = setting.value.content {
      nodes = elements
    } else {
      nodes = [setting.value]
    }
    if nodes.isEmpty || setting.value.isEmpty {
      log.add(setting.position, Self.missing(knob))
      return []
    }
    var values: [ConfigurationValue] = []
    var seen: Set<ConfigurationValue> = []
    for node in nodes {
      guard let text = node.text, !node.isEmpty else {
        log.add(node.position, "\(knob.path): expected \(knob.expectation), found \(node.noun)")
        return []
      }
      do throws(ValueError) {
        // Once over the limit nothing more is made, however many ranges follow.
        guard made.count <= Self.maxValues else { return [] }
        let expanded = try AxisExpansion.values(of: text, for: knob)
        made.count += expanded.count
        guard made.count <= Self.maxValues else {
          throw ValueError("more than \(Self.maxValues) values in the ranges of one suite")
        }
        for raw in expanded {
          let value = located(raw, knob, node)
          guard seen.insert(value).inserted else {
            throw ValueError("\(knob.path): \(quoted(value.display)) is listed twice")
          }
          values.append(value)
        }
        guard values.count <= AxisExpansion.maxValues else {
          throw ValueError("\(knob.path): more than \(AxisExpansion.maxValues) values")
        }
      } catch {
        log.add(node.position, error.description)
        return []
      }
    }
    return values
  }

  /// File paths are relative to the file they are written in.
  private func located(
    _ value: ConfigurationValue, _ knob: Knob, _ node: YAMLNode
  ) -> ConfigurationValue {
    guard knob.namesFile, case .string(let path) = value else { return value }
    return .string(SuiteFile.resolve(path, relativeTo: node.position.file))
  }

  private static func missing(_ knob: Knob) -> String {
    "\(knob.path): the value is missing; expected \(knob.expectation)"
      + (knob.kind == .text ? " ('' for an empty text)" : "")
  }

  /// What to say about a path that no knob has.
  static func unknown(_ path: String, among knobs: [Knob], owner: String) -> String {
    let paths = knobs.map(\.path)
    let inside = paths.filter { $0.hasPrefix(path + ".") }
    if !inside.isEmpty {
      return "\(quoted(path)) is a group of knobs, not a knob; it holds "
        + inside.joined(separator: ", ")
    }
    return "unknown knob \(quoted(path)) for \(owner)\(didYouMean(path, among: paths))"
  }
}
