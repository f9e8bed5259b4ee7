// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

extension Parameter {
  /// A ratio of the ends of a knob's range from which on it is searched in ratios.
  static let logRatio = 100.0

  /// A parameter with a knob's whole range: what `auto` stands for; nil for a text, which has none.
  package init?(knob: Knob, when condition: Expression? = nil) {
    let domain: Domain
    switch knob.kind {
    case .bool: domain = .categorical([false, true])
    case .int(let range):
      let isLog =
        range.lowerBound >= 1
        && Double(range.upperBound) / Double(range.lowerBound) >= Self.logRatio
      domain = .integer(range, step: 1, log: isLog)
    case .double(let range):
      let isLog = range.lowerBound > 0 && range.upperBound / range.lowerBound >= Self.logRatio
      domain = .real(range, log: isLog)
    case .choice(let names): domain = .categorical(names.map { .string($0) })
    case .text: return nil
    }
    self.init(knob.path, domain, when: condition)
  }
}
