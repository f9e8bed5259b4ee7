// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Turns what a person writes for a swept knob into its values: `1,2`, `1..8`, `pow2(1..8)`,
/// `range(0..4096, step 512)`, `range(1..64, factor 2)`, and the command line forms `1-8`, `1-8*2`
/// and `0-4096+1024`.
package enum AxisExpansion {
  /// Values of one axis; more is a typing mistake, and counted before anything is reserved.
  package static let maxValues = 100_000

  /// The values in the order written.
  ///
  /// A text knob takes the whole text as one value.
  package static func values(
    of text: String, for knob: Knob
  ) throws(ValueError) -> [ConfigurationValue] {
    if case .text = knob.kind { return [try knob.value(of: text)] }
    var values: [ConfigurationValue] = []
    for term in try terms(of: text) {
      let term = QuantityText.trimmed(term)
      guard !term.isEmpty else {
        throw ValueError("\(knob.path): a value is missing in \(quoted(text))")
      }
      values += try expand(term, for: knob)
      guard values.count <= maxValues else {
        throw ValueError("\(knob.path): more than \(maxValues) values")
      }
    }
    return values
  }

  /// Splits at the commas outside parentheses.
  private static func terms(of text: String) throws(ValueError) -> [String] {
    var terms = [""]
    var depth = 0
    for character in text {
      switch character {
      case "(": depth += 1
      case ")": depth -= 1
      default: break
      }
      if character == ",", depth == 0 {
        terms.append("")
      } else {
        terms[terms.count - 1].append(character)
      }
    }
    guard depth == 0 else {
      throw ValueError(
        "\(quoted(text)) has unbalanced parentheses; inside [ ] or { } put it in quotes")
    }
    return terms
  }

  private static func expand(
    _ term: String, for knob: Knob
  ) throws(ValueError) -> [ConfigurationValue] {
    switch knob.kind {
    case .int(let limits):
      guard let progression = try Progression(term, knob.path) else {
        return [try knob.value(of: term)]
      }
      let values = try progression.integers(knob.path)
      if let outside = values.first(where: { !limits.contains($0) }) {
        throw ValueError(
          "\(knob.path): \(outside) in \(quoted(term)) is out of range;"
            + " expected \(knob.expectation)")
      }
      return values.map { .int($0) }
    case .double:
      guard let range = try RealRange(term, knob.path) else { return [try knob.value(of: term)] }
      var values: [ConfigurationValue] = []
      for number in range.numbers {
        guard let value = knob.normalized(.double(number)) else {
          throw ValueError(
            "\(knob.path): \(number) in \(quoted(term)) is out of range;"
              + " expected \(knob.expectation)")
        }
        values.append(value)
      }
      return values
    case .bool, .choice, .text:
      return [try knob.value(of: term)]
    }
  }
}
