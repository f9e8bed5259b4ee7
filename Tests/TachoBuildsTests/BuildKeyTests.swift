// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import TachoBuilds

/// What makes two builds the same.
@Suite struct BuildKeyTests {
  static let toolchain = Toolchain(
    swift: "swift", swiftVersion: "Swift 6.3", cCompilerVersion: "clang 21",
    architecture: "x86_64")

  static let key = BuildKey(tree: "aa", recipe: BuildRecipe(), toolchain: toolchain)

  @Test func everythingThatDecidesTheBytesIsInTheName() {
    var others: [BuildKey] = []
    func other(_ change: (inout BuildKey) -> Void) {
      var key = Self.key
      change(&key)
      others.append(key)
    }
    func tools(_ swift: String, _ c: String, _ architecture: String) -> Toolchain {
      Toolchain(
        swift: "swift", swiftVersion: swift, cCompilerVersion: c, architecture: architecture)
    }
    other { $0.tree = "ab" }
    other { $0.layoutSeed = 1 }
    other { $0.recipe.flags = ["-Xcc", "-O3"] }
    other { $0.recipe.flags = ["-Xcc -O3"] }
    other { $0.recipe.flags = ["-Xcc", "-O3", ""] }
    other { $0.recipe.product = "other" }
    other { $0.toolchain = tools("Swift 6.4", "clang 21", "x86_64") }
    other { $0.toolchain = tools("Swift 6.3", "clang 22", "x86_64") }
    other { $0.toolchain = tools("Swift 6.3", "clang 21", "aarch64") }
    // Words of one field must not pass for those of the next.
    other { $0.toolchain = tools("Swift 6.3,1:c", "clang 21", "x86_64") }
    let names = Set((others + [Self.key]).map(\.name))
    #expect(names.count == others.count + 1)
    #expect(names.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
  }

  @Test func thePathOfTheToolchainIsNotInTheName() {
    var key = Self.key
    key.toolchain = Toolchain(
      swift: "/opt/swift", swiftVersion: "Swift 6.3", cCompilerVersion: "clang 21",
      architecture: "x86_64")
    #expect(key.name == Self.key.name)
  }

  @Test func revisionsAndLayoutsShareASlotAndFlagsDoNot() {
    var revision = Self.key
    revision.tree = "ab"
    #expect(revision.relinked(seed: 3).slotName == Self.key.slotName)
    var flags = Self.key
    flags.recipe.flags = ["-Xcc", "-O3"]
    #expect(flags.slotName != Self.key.slotName)
  }

  @Test func flagsThatMoveTheProgramAreRefused() {
    for flag in ["-c", "--configuration", "--scratch-path=/x", "--product"] {
      #expect(throws: BuildError.self) { try BuildRecipe(flags: [flag]).check() }
    }
    for product in ["", "../x", "a/b", "-x"] {
      #expect(throws: BuildError.self) { try BuildRecipe(product: product).check() }
    }
    #expect(throws: Never.self) { try BuildRecipe(flags: ["-Xcc", "-mavx2"]).check() }
  }
}
