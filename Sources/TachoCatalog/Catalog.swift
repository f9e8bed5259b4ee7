// SPDX-License-Identifier: Apache-2.0

/// An immutable, ordered list that lets a suite name an implementation: one line registers one entry.
package struct Catalog<Element>: Sendable {
  package struct Entry: Sendable {
    package let name: String
    package let summary: String
    package let make: @Sendable () throws -> Element

    package init(
      _ name: String, _ summary: String, make: @escaping @Sendable () throws -> Element
    ) {
      self.name = name
      self.summary = summary
      self.make = make
    }
  }

  /// What the entries are, for messages: "sampler", "weight format".
  package let noun: String
  package let entries: [Entry]

  package init(_ noun: String, _ entries: [Entry]) {
    self.noun = noun
    self.entries = entries
  }

  package var names: [String] { entries.map(\.name) }

  /// The implementation registered under `name`, or an error that lists what is known.
  package func make(_ name: String) throws -> Element {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw CatalogError.unknown(noun: noun, name: name, known: names)
    }
    return try entry.make()
  }
}

/// A name that no entry of a catalog has.
package enum CatalogError: Error, CustomStringConvertible, Equatable {
  case unknown(noun: String, name: String, known: [String])

  package var description: String {
    switch self {
    case .unknown(let noun, let name, let known):
      let hint = Spelling.suggestion(for: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
      return "unknown \(noun) '\(name)'.\(hint) Known: \(known.joined(separator: ", "))"
    }
  }
}
