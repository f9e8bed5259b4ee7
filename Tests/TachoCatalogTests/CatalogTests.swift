// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import Testing

@Suite struct CatalogTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func sha256AgreesWithTheStandardsVectors(_ message: String, _ digest: String) {
    #expect(SHA256.hex(message) == digest)
  }

  @Test func sha256OfAMillionLettersFedInUnevenPieces() {
    var hash = SHA256()
    var left = 1_000_000
    var piece = 1
    while left > 0 {
      let count = min(piece, left)
      hash.update([UInt8](repeating: UInt8(ascii: "a"), count: count))
      left -= count
      piece = piece % 977 + 13
    }
    #expect(
      hash.hexDigest() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func canonicalJSONSortsKeysAndFoldsWholeDoubles() {
    let configuration = Configuration(["b": 1.0, "a": .array([1, "x\n\"", true, .null]), "c": 0.5])
    #expect(configuration.canonicalJSON == #"{"a":[1,"x\n\"",true,null],"b":1,"c":0.5}"#)
  }

  /// Every text comes back from a JSON reader as it was, whatever has to be escaped in it.
  @Test(arguments: 1...30) func quotedTextComesBack(seed: UInt64) throws {
    var state = seed
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    let pieces = [
      "a", "\"", "\\", "\n", "\r", "\t", "\u{1}", "\u{1F}", "é", "日", "🙂", "/", "\u{7F}",
    ]
    let text = (0..<next(12)).map { _ in pieces[Int(next(UInt64(pieces.count)))] }.joined()
    let quoted = ConfigurationValue.quoted(text)
    let read = try JSONDecoder().decode([String].self, from: Data("[\(quoted)]".utf8))
    #expect(read == [text], "seed \(seed): \(quoted)")
  }

  @Test func spellingFindsTheNearestWord() {
    #expect(Spelling.suggestion(for: "thread", among: ["threads", "isa"]) == "threads")
    #expect(Spelling.suggestion(for: "xyzzy", among: ["threads", "isa"]) == nil)
    #expect(Spelling.distance("kitten", "sitting") == 3)
    #expect(Spelling.distance("ab", "ba") == 1)
  }

  @Test func knobsNormalizeAndRefuse() {
    let knob = Knob("sampler.temperature", .double(0...10), default: 0.0, "Softmax temperature.")
    #expect(knob.normalized(1) == .double(1))
    #expect(knob.normalized(11) == nil)
    #expect(Knob("a", .choice(["x"]), default: "x", "").normalized("y") == nil)
  }
}
