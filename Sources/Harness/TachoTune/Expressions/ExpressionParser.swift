// SPDX-License-Identifier: Apache-2.0

/// Builds the tree of an expression by recursive descent.
///
///     or      := and ("or" and)*
///     and     := not ("and" not)*
///     not     := "not" not | compare
///     compare := sum (("==" | "!=" | "<" | "<=" | ">" | ">=") sum)?
///     sum     := product (("+" | "-") product)*
///     product := unary (("*" | "/" | "%") unary)*
///     unary   := "-" unary | number | text | "true" | "false" | name | "(" or ")"
struct ExpressionParser {
  /// Parentheses and signs inside each other.
  static let maxDepth = 50
  static let words: Set<String> = ["and", "or", "not", "true", "false"]

  private let text: String
  private let tokens: [ExpressionToken]
  private var place = 0
  private var depth = 0

  init(_ text: String) throws(ExpressionError) {
    self.text = text
    var lexer = ExpressionLexer(text)
    tokens = try lexer.tokens()
  }

  mutating func parse() throws(ExpressionError) -> ExpressionNode {
    if current.kind == .end {
      throw ExpressionError(text, at: 0, "the expression is empty; write one such as a % b == 0")
    }
    let root = try disjunction()
    guard current.kind == .end else {
      throw error("expected the end or a sign such as ==, found \(current.noun)")
    }
    return root
  }

  private var current: ExpressionToken { tokens[place] }

  private func error(_ message: String) -> ExpressionError {
    ExpressionError(text, at: current.offset, message)
  }

  /// Steps over the current token if it is one of these words or signs.
  private mutating func take(_ spellings: [String]) -> (spelling: String, offset: Int)? {
    switch current.kind {
    case .name(let word) where spellings.contains(word),
      .sign(let word) where spellings.contains(word):
      defer { place += 1 }
      return (word, current.offset)
    default: return nil
    }
  }

  private mutating func nested(
    _ body: (inout ExpressionParser) throws(ExpressionError) -> ExpressionNode
  ) throws(ExpressionError) -> ExpressionNode {
    guard depth < Self.maxDepth else {
      throw error("nested more than \(Self.maxDepth) levels deep")
    }
    depth += 1
    let node = try body(&self)
    depth -= 1
    return node
  }

  private mutating func disjunction() throws(ExpressionError) -> ExpressionNode {
    var node = try conjunction()
    while let (_, offset) = take(["or"]) {
      node = .joined(.or, node, try conjunction(), offset: offset)
    }
    return node
  }

  private mutating func conjunction() throws(ExpressionError) -> ExpressionNode {
    var node = try negation()
    while let (_, offset) = take(["and"]) {
      node = .joined(.and, node, try negation(), offset: offset)
    }
    return node
  }

  private mutating func negation() throws(ExpressionError) -> ExpressionNode {
    guard let (_, offset) = take(["not"]) else { return try comparison() }
    return .not(
      try nested { parser throws(ExpressionError) in try parser.negation() }, offset: offset)
  }

  private mutating func comparison() throws(ExpressionError) -> ExpressionNode {
    let spellings = ExpressionNode.Comparison.allCases.map(\.rawValue)
    let left = try sum()
    guard let (spelling, offset) = take(spellings),
      let comparison = ExpressionNode.Comparison(rawValue: spelling)
    else { return left }
    let node = ExpressionNode.compared(comparison, left, try sum(), offset: offset)
    if case .sign(let sign) = current.kind, spellings.contains(sign) {
      throw error("comparisons do not chain; write a < b and b < c")
    }
    return node
  }

  private mutating func sum() throws(ExpressionError) -> ExpressionNode {
    var node = try product()
    while let (spelling, offset) = take(["+", "-"]),
      let arithmetic = ExpressionNode.Arithmetic(rawValue: spelling)
    {
      node = .calculated(arithmetic, node, try product(), offset: offset)
    }
    return node
  }

  private mutating func product() throws(ExpressionError) -> ExpressionNode {
    var node = try unary()
    while let (spelling, offset) = take(["*", "/", "%"]),
      let arithmetic = ExpressionNode.Arithmetic(rawValue: spelling)
    {
      node = .calculated(arithmetic, node, try unary(), offset: offset)
    }
    return node
  }

  private mutating func unary() throws(ExpressionError) -> ExpressionNode {
    if let (_, offset) = take(["-"]) {
      return .negated(
        try nested { parser throws(ExpressionError) in try parser.unary() }, offset: offset)
    }
    if take(["("]) != nil {
      let node = try nested { parser throws(ExpressionError) in try parser.disjunction() }
      guard take([")"]) != nil else { throw error("expected ')', found \(current.noun)") }
      return node
    }
    let token = current
    switch token.kind {
    case .number(let value):
      place += 1
      return .literal(.number(value))
    case .text(let value):
      place += 1
      return .literal(.text(value))
    case .name("true"), .name("false"):
      place += 1
      return .literal(.truth(token.kind == .name("true")))
    case .name(let name) where !Self.words.contains(name):
      place += 1
      return .name(name, offset: token.offset)
    default:
      throw error("expected a name, a number or a quoted text, found \(token.noun)")
    }
  }
}
