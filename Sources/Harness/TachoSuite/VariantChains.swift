// SPDX-License-Identifier: Apache-2.0

/// Follows `extends:` between variants, each variant once, logging circles and unknown names.
struct VariantChains {
  /// Variants that extend variants that extend variants ...
  static let maxDepth = 16

  private let variants: [RawVariant]
  private let log: ProblemLog
  private var resolved: [String: [RawSetting]] = [:]

  /// Every variant's settings after those it extends, lowest first, each path once.
  static func settings(of variants: [RawVariant], log: ProblemLog) -> [String: [RawSetting]] {
    var chains = VariantChains(variants: variants, log: log)
    for variant in variants { _ = chains.settings(of: variant, below: []) }
    return chains.resolved
  }

  private init(variants: [RawVariant], log: ProblemLog) {
    self.variants = variants
    self.log = log
  }

  private mutating func settings(of variant: RawVariant, below chain: [String]) -> [RawSetting] {
    if let known = resolved[variant.name] { return known }
    let chain = chain + [variant.name]
    var settings: [RawSetting] = []
    var seen: Set<String> = []
    for reference in variant.extends where seen.insert(reference.name).inserted {
      if let start = chain.firstIndex(of: reference.name) {
        let names = (chain[start...] + [reference.name]).joined(separator: " -> ")
        log.add(reference.position, "variants extend each other in a circle: \(names)")
      } else if chain.count >= Self.maxDepth {
        log.add(reference.position, "more than \(Self.maxDepth) variants extend one another")
      } else if let lower = variants.first(where: { $0.name == reference.name }) {
        settings += self.settings(of: lower, below: chain)
      } else {
        log.add(reference.position, Self.unknown(reference.name, variants.map(\.name)))
      }
    }
    let result = Self.lastOfEachPath(settings + variant.settings)
    resolved[variant.name] = result
    return result
  }

  /// What to say about a name that no variant has.
  static func unknown(_ name: String, _ known: [String]) -> String {
    let list =
      known.isEmpty
      ? "; the suite has no 'variants'" : "; known: " + known.joined(separator: ", ")
    return "unknown variant \(quoted(name))\(didYouMean(name, among: known))\(list)"
  }

  /// Settings without those that a later one of the same path replaces.
  static func lastOfEachPath(_ settings: [RawSetting]) -> [RawSetting] {
    var seen: Set<String> = []
    return settings.reversed().filter { seen.insert($0.path).inserted }.reversed()
  }
}
