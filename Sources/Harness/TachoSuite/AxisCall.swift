// SPDX-License-Identifier: Apache-2.0

/// `NAME(arguments)` cut into its parts.
struct AxisCall {
  let name: String
  let arguments: [String]

  init?(_ term: String) {
    guard term.hasSuffix(")"), let open = term.firstIndex(of: "(") else { return nil }
    name = QuantityText.trimmed(term[..<open])
    let inside = term[term.index(after: open)...].dropLast()
    arguments = inside.split(separator: ",", omittingEmptySubsequences: false)
      .map { QuantityText.trimmed($0) }
  }

  /// The number after `step` or `factor` in the second argument.
  func number(after word: String) -> String? {
    guard arguments.count == 2, arguments[1].hasPrefix(word + " ") else { return nil }
    return QuantityText.trimmed(arguments[1].dropFirst(word.count))
  }

  static let forms = "pow2(1..8), range(0..64, step 8) or range(1..64, factor 2)"
}
