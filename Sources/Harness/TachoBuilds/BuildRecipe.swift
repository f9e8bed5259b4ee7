// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// How a program is made of its sources.
package struct BuildRecipe: Sendable, Hashable, Codable {
  /// The executable product of the package.
  package var product: String
  /// Arguments for `swift build` beyond those of a release build.
  package var flags: [String]

  package init(product: String = "tacho", flags: [String] = []) {
    self.product = product
    self.flags = flags
  }

  /// Flags that would put the program elsewhere than where it is looked for.
  private static let ownFlags = [
    "-c", "--configuration", "--package-path", "--scratch-path", "--build-path", "--product",
    "--target", "--triple", "--build-system", "--destination", "--swift-sdk",
  ]

  /// Throws when a flag cannot be given here, or the product is not a name.
  func check() throws(BuildError) {
    let names = flags.map { String($0.prefix { $0 != "=" }) }
    if let own = names.first(where: Self.ownFlags.contains) {
      throw BuildError(
        .reference,
        "the build flag \(own) cannot be given: builds to compare are release builds of "
          + "one product, made in the cache")
    }
    guard !product.isEmpty, !product.contains("/"), !product.hasPrefix("."),
      !product.hasPrefix("-")
    else { throw BuildError(.reference, "'\(product)' is not the name of a product") }
  }

  /// What `swift build` is given, whatever the folders.
  var arguments: [String] {
    // Named, because where the link step is written down is known of this one.
    ["--build-system", "native", "-c", "release", "--product", product] + flags
  }
}

/// What decides the bytes of a program; equal keys mean the same program.
package struct BuildKey: Sendable, Hashable {
  /// Raised when the way builds are made or kept changes.
  static let generation = 1

  /// The hash of the sources' content: not of the commit, whose message and history change nothing.
  package var tree: String
  package var recipe: BuildRecipe
  package var toolchain: Toolchain
  /// 0 as the build system links it; any other number another order of the same functions.
  package var layoutSeed: UInt64

  package init(tree: String, recipe: BuildRecipe, toolchain: Toolchain, layoutSeed: UInt64 = 0) {
    self.tree = tree
    self.recipe = recipe
    self.toolchain = toolchain
    self.layoutSeed = layoutSeed
  }

  /// 32 hex digits: the entry's name in the cache.
  package var name: String { Self.name(["tree", tree] + slotWords + ["layout", "\(layoutSeed)"]) }

  /// The name of the folder such programs are compiled in, shared by all revisions.
  var slotName: String { Self.name(["slot"] + slotWords) }

  /// The layout of another key's program.
  func relinked(seed: UInt64) -> BuildKey {
    var key = self
    key.layoutSeed = seed
    return key
  }

  private var slotWords: [String] {
    ["product", recipe.product, "flags", "\(recipe.flags.count)"] + recipe.flags + [
      "swift", toolchain.swiftVersion, "c", toolchain.cCompilerVersion, "architecture",
      toolchain.architecture,
    ]
  }

  /// A hash of words, each with its length so that no two lists run into the same text.
  static func name(_ words: [String]) -> String {
    let text = (["tacho-build", "\(generation)"] + words)
      .map { "\($0.utf8.count):\($0)" }.joined(separator: ",")
    return String(SHA256.hex(text).prefix(32))
  }
}
