// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

extension AcceptanceFile {
  /// The text of a new file with one acceptance.
  package static func begun(
    with acceptance: GateAcceptance, suite: String
  ) -> String {
    """
    # Slowdowns of \(suite) that a review accepted. Each line moves the margins of its points for the
    # change that brings it in, and of nothing else; see docs/gate.md.
    schema: \(SuiteLanguage.version)
    accepted:
      \(line(of: acceptance))

    """
  }

  /// An acceptance as it is written: on one line, that a review shows whole and a person can delete.
  package static func line(of acceptance: GateAcceptance) -> String {
    var parts = ["point: \(doubleQuoted(acceptance.point))"]
    if let metric = acceptance.metric { parts.append("metric: \(doubleQuoted(metric))") }
    parts.append("up_to: \(acceptance.upTo)")
    parts.append("expires: \(acceptance.expires)")
    if let base = acceptance.base { parts.append("base: \(doubleQuoted(base))") }
    parts.append("reason: \(doubleQuoted(acceptance.reason))")
    return "- { \(parts.joined(separator: ", ")) }"
  }

  /// The text with one acceptance more after the last; everything else stays as it is.
  package func adding(_ acceptance: GateAcceptance) throws(SuiteError) -> String {
    var lines = self.lines
    let place: Int
    let indent: String
    if let last = entries.last {
      guard lines.indices.contains(last.position.line - 1) else { throw byHand(acceptance) }
      place = end(of: last, lines)
      indent = String(lines[last.position.line - 1].prefix { $0 == " " })
    } else {
      guard let key = lines.firstIndex(where: { $0.hasPrefix("accepted:") }) else {
        throw byHand(acceptance)
      }
      (place, indent) = (key + 1, "  ")
    }
    let line = Self.line(of: acceptance)
    lines.insert(indent + line, at: place)
    let edited = lines.joined(separator: "\n")
    // A form that lines cannot be added to shows here: [ ... ] over some lines, an anchor, a dash alone.
    guard let file = try? AcceptanceFile(path: path, text: edited),
      file.entries.map(\.acceptance) == entries.map(\.acceptance) + [acceptance]
    else { throw byHand(acceptance) }
    return edited
  }

  /// The text without an entry; comments and blank lines around it stay.
  package func removing(_ index: Int) throws(SuiteError) -> String {
    var lines = self.lines
    let entry = entries[index]
    if lines.indices.contains(entry.position.line - 1) {
      lines.removeSubrange((entry.position.line - 1)..<end(of: entry, lines))
    }
    let edited = lines.joined(separator: "\n")
    var left = entries.map(\.acceptance)
    left.remove(at: index)
    guard let file = try? AcceptanceFile(path: path, text: edited),
      file.entries.map(\.acceptance) == left
    else {
      throw SuiteError(
        entry.position,
        "the entry is written in a form that cannot be cut out line by line; delete it by hand")
    }
    return edited
  }

  /// By scalars: to a character a carriage return and its line feed are one.
  private var lines: [String] {
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0) }
    // What ends without a line feed would be run together with what is added.
    if lines.last?.isEmpty == false { lines.append("") }
    return lines
  }

  /// The number of lines up to an entry's end: what is indented deeper than its dash belongs to it.
  private func end(of entry: Entry, _ lines: [String]) -> Int {
    let first = entry.position.line - 1
    let indent = lines[first].prefix { $0 == " " }.count
    var end = first + 1
    while end < lines.count {
      let line = lines[end]
      let column = line.prefix { $0 == " " }.count
      guard column > indent, column < line.count, !line.dropFirst(column).hasPrefix("#") else {
        break
      }
      end += 1
    }
    return end
  }

  private func byHand(_ acceptance: GateAcceptance) -> SuiteError {
    SuiteError(
      SourcePosition(file: path),
      "its list is written in a form that no line can be added to; write it as a list with '- ', or"
        + " add this yourself:\n  \(Self.line(of: acceptance))")
  }

  /// A YAML text in double quotes, whatever is in it.
  private static func doubleQuoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }
}
