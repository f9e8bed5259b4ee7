// SPDX-License-Identifier: Apache-2.0

/// One word or sign of an expression, and where it stands.
struct ExpressionToken: Hashable {
  enum Kind: Hashable {
    case number(Double)
    case text(String)
    /// A dotted path, or a word such as `and`.
    case name(String)
    case sign(String)
    case end
  }

  let kind: Kind
  /// Unicode scalars before it.
  let offset: Int

  /// What it is, for "expected X, found Y".
  var noun: String {
    switch kind {
    case .number(let value): return "the number \(value)"
    case .text(let text): return "the text '\(text)'"
    case .name(let name): return "'\(name)'"
    case .sign(let sign): return "'\(sign)'"
    case .end: return "the end"
    }
  }
}

/// Cuts the text of an expression into tokens.
struct ExpressionLexer {
  /// Tokens of one expression: bounds the depth of its tree.
  static let maxTokens = 400
  private static let signs = ["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "(", ")"]

  private let text: String
  private let scalars: [Unicode.Scalar]
  private var place = 0

  init(_ text: String) {
    self.text = text
    scalars = Array(text.unicodeScalars)
  }

  /// All tokens, `end` the last.
  mutating func tokens() throws(ExpressionError) -> [ExpressionToken] {
    var result: [ExpressionToken] = []
    while true {
      while place < scalars.count, scalars[place].properties.isWhitespace { place += 1 }
      let offset = place
      let kind = try next()
      guard result.count < Self.maxTokens else {
        throw ExpressionError(
          text, at: offset, "more than \(Self.maxTokens) words and signs; divide the expression")
      }
      result.append(ExpressionToken(kind: kind, offset: offset))
      if kind == .end { return result }
    }
  }

  private mutating func next() throws(ExpressionError) -> ExpressionToken.Kind {
    guard place < scalars.count else { return .end }
    let first = scalars[place]
    if Self.isDigit(first) { return try number() }
    if Self.startsName(first) { return try name() }
    if first == "'" || first == "\"" { return try quotedText(first) }
    for sign in Self.signs where startsHere(sign) {
      place += sign.unicodeScalars.count
      return .sign(sign)
    }
    throw ExpressionError(text, at: place, Self.complaint(about: first))
  }

  private func startsHere(_ sign: String) -> Bool {
    let end = place + sign.unicodeScalars.count
    return end <= scalars.count && scalars[place..<end].elementsEqual(sign.unicodeScalars)
  }

  private static func complaint(about scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "=": return "'=' is no sign here; write '==' to compare"
    case "&": return "'&' is no sign here; write 'and'"
    case "|": return "'|' is no sign here; write 'or'"
    case "!": return "'!' is no sign here; write 'not', or '!=' to compare"
    default:
      return "'\(scalar)' cannot stand in an expression; it holds names, numbers, quoted texts,"
        + " and, or, not, == != < <= > >= + - * / % and parentheses"
    }
  }

  private mutating func number() throws(ExpressionError) -> ExpressionToken.Kind {
    let start = place
    while place < scalars.count {
      let scalar = scalars[place]
      let followsExponent =
        place > start && (scalars[place - 1] == "e" || scalars[place - 1] == "E")
      guard
        Self.isDigit(scalar) || Self.startsName(scalar) || scalar == "."
          || (followsExponent && (scalar == "+" || scalar == "-"))
      else { break }
      place += 1
    }
    var written = String.UnicodeScalarView()
    written.append(contentsOf: scalars[start..<place])
    guard let value = Double(String(written)), value.isFinite,
      !String(written).lowercased().hasPrefix("0x")
    else {
      throw ExpressionError(text, at: start, "'\(String(written))' is not a number")
    }
    return .number(value)
  }

  private mutating func name() throws(ExpressionError) -> ExpressionToken.Kind {
    let start = place
    while place < scalars.count, Self.continuesName(scalars[place]) { place += 1 }
    var written = String.UnicodeScalarView()
    written.append(contentsOf: scalars[start..<place])
    let name = String(written)
    let isPath = name.split(separator: ".", omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty }
    guard isPath else {
      throw ExpressionError(
        text, at: start, "'\(name)' is not a dotted path such as engine.threads")
    }
    return .name(name)
  }

  private mutating func quotedText(
    _ quote: Unicode.Scalar
  ) throws(ExpressionError) -> ExpressionToken.Kind {
    let start = place
    guard let end = scalars[(start + 1)...].firstIndex(of: quote) else {
      throw ExpressionError(text, at: start, "this text has no closing \(quote)")
    }
    place = end + 1
    var written = String.UnicodeScalarView()
    written.append(contentsOf: scalars[(start + 1)..<end])
    return .text(String(written))
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func startsName(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
  }

  private static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
    startsName(scalar) || isDigit(scalar) || scalar == "."
  }
}
