// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

/// Reads the entries of an acceptance file, logging everything that is wrong with it.
struct AcceptanceReader {
  /// Longest texts that tables and comments can show.
  static let maxReason = 500
  static let maxPattern = 300

  let log: ProblemLog

  func read(_ root: YAMLNode) -> [AcceptanceFile.Entry] {
    let sections = members(of: root, AcceptanceFile.file)
    if case .mapping = root.content {
      checkVersion(sections["schema"], root)
      if sections["accepted"] == nil {
        log.add(
          root.position, "the key 'accepted' is missing; add 'accepted:' with a list below it")
      }
    }
    guard let list = sections["accepted"]?.value, !list.isEmpty else { return [] }
    guard case .sequence(let nodes) = list.content else {
      log.add(
        list.position,
        "'accepted' must be a list of acceptances (start each with '- '); found \(list.noun)")
      return []
    }
    guard nodes.count <= AcceptanceFile.maxEntries else {
      log.add(list.position, "'accepted' has more than \(AcceptanceFile.maxEntries) entries")
      return []
    }
    let entries = nodes.compactMap { entry($0) }
    for (index, entry) in entries.enumerated() {
      if let earlier = entries[..<index].first(where: {
        $0.acceptance.point == entry.acceptance.point
          && $0.acceptance.metric == entry.acceptance.metric
      }) {
        log.add(
          entry.pointPosition,
          "\(quoted(entry.acceptance.point)) is accepted already in line"
            + " \(earlier.position.line); keep one of the two")
      }
    }
    return entries
  }

  private func checkVersion(_ entry: YAMLEntry?, _ root: YAMLNode) {
    guard let entry else {
      log.add(
        root.position, "the key 'schema' is missing; add 'schema: \(SuiteLanguage.version)'")
      return
    }
    if entry.value.text != String(SuiteLanguage.version) {
      log.add(
        entry.value.position,
        "schema \(entry.value.noun) is not known; this program reads schema"
          + " \(SuiteLanguage.version)")
    }
  }

  private func entry(_ node: YAMLNode) -> AcceptanceFile.Entry? {
    guard case .mapping = node.content else {
      log.add(
        node.position,
        "expected an acceptance such as { point: \"decode *\", up_to: 1.06, reason: \"...\","
          + " expires: 2027-01-31 }; found \(node.noun)")
      return nil
    }
    let keys = members(of: node, AcceptanceFile.keys)
    for name in ["point", "up_to", "reason", "expires"] where keys[name] == nil {
      log.add(node.position, "the acceptance has no '\(name)'; add '\(name): ' \(Self.hint(name))")
    }
    let point = keys["point"].flatMap { text($0.value, "a pattern of points", Self.maxPattern) }
    let reason = keys["reason"].flatMap { text($0.value, "the reason", Self.maxReason) }
    let metric = keys["metric"].flatMap { text($0.value, "the name of a metric", 100) }
    let base = keys["base"].flatMap { text($0.value, "a revision", 200) }
    let ratio = keys["up_to"].flatMap { self.ratio($0.value) }
    let day = keys["expires"].flatMap { self.day($0.value) }
    guard let point, let reason, let ratio, let day, let place = keys["point"]?.value.position,
      let dayPlace = keys["expires"]?.value.position
    else { return nil }
    return AcceptanceFile.Entry(
      acceptance: GateAcceptance(
        point: point, metric: metric, upTo: ratio, reason: reason, expires: day, base: base),
      position: node.position, pointPosition: place, expiresPosition: dayPlace)
  }

  private static func hint(_ name: String) -> String {
    switch name {
    case "point": "with a pattern such as \"decode *\""
    case "up_to": "with a ratio such as 1.06 or a percentage such as 6%"
    case "reason": "with a sentence for the reviewers"
    default: "with a day such as 2027-01-31"
    }
  }

  private func ratio(_ node: YAMLNode) -> Double? {
    do throws(ValueError) {
      return try AcceptanceFile.ratio(node.text ?? "")
    } catch {
      log.add(node.position, "up_to: \(error.description)")
      return nil
    }
  }

  private func day(_ node: YAMLNode) -> CalendarDay? {
    guard let day = node.text.flatMap({ CalendarDay($0) }) else {
      log.add(node.position, "expires: \(node.noun) is not a day such as 2027-01-31")
      return nil
    }
    return day
  }

  /// One line of text: reports show it in tables.
  private func text(_ node: YAMLNode, _ form: String, _ limit: Int) -> String? {
    guard let text = node.text.map({ QuantityText.trimmed($0) }), !text.isEmpty else {
      log.add(node.position, "expected \(form), found \(node.noun)")
      return nil
    }
    guard AcceptanceFile.isOneLine(text), text.unicodeScalars.count <= limit else {
      log.add(
        node.position, "\(form) is at most \(limit) characters on one line, not \(node.noun)")
      return nil
    }
    return text
  }

  /// The members of a mapping with fixed keys; others are logged with the nearest known one.
  private func members(of node: YAMLNode, _ section: SuiteSection) -> [String: YAMLEntry] {
    guard case .mapping(let entries) = node.content else {
      log.add(
        node.position,
        "expected a mapping with \(section.names.joined(separator: ", ")); found \(node.noun)")
      return [:]
    }
    var result: [String: YAMLEntry] = [:]
    for entry in entries {
      guard section.names.contains(entry.key) else {
        log.add(
          entry.keyPosition,
          "unknown key \(quoted(entry.key)) in an \(section.title)"
            + didYouMean(entry.key, among: section.names)
            + "; keys here: \(section.names.joined(separator: ", "))")
        continue
      }
      result[entry.key] = entry
    }
    return result
  }
}

extension AcceptanceFile {
  /// Whether a text breaks no line and moves no cursor.
  package static func isOneLine(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      switch $0.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: false
      default: true
      }
    }
  }
}
