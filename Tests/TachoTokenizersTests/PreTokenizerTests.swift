// SPDX-License-Identifier: Apache-2.0
import TachoTokenizers
import Testing

/// Rules by name, checked where golden files of a whole tokenizer do not reach.
@Suite struct PreTokenizerTests {
  private func words(_ name: String, _ text: String) throws -> [String] {
    let (family, _) = try #require(PreTokenizers.named(name))
    var pieces = [text]
    for step in family.steps {
      guard case .split(let splitter) = step else { continue }
      pieces = pieces.flatMap { piece -> [String] in
        let scalars = ScalarText(Array(piece.utf8))
        var ends: [Int] = []
        if scalars.count > 0 { splitter.split(scalars, 0..<scalars.count, into: &ends) }
        let view = Array(piece.unicodeScalars)
        return zip([0] + ends, ends).map { start, end in
          String(String.UnicodeScalarView(view[start..<end]))
        }
      }
    }
    return pieces
  }

  @Test func llamaCppNames() throws {
    #expect(PreTokenizers.named("llama-v3")?.wholeWords == true)
    #expect(PreTokenizers.named("deepseek-r1-qwen")?.wholeWords == false)
    #expect(PreTokenizers.named("no-such-rule") == nil)
    #expect(Set(PreTokenizers.names).count == PreTokenizers.names.count)
  }

  @Test func llamaFoldsASCIIOnlyWhereGGUFNamesIt() throws {
    #expect(try words("llama-bpe", "it'S 'ſa") == ["it", "'S", " '", "ſa"])
    #expect(try words("gpt-2", "it'S") == ["it", "'", "S"])
  }

  @Test func defaultAndFalconSetPunctuationApart() throws {
    #expect(try words("default", "a+b, 12345 x") == ["a", "+", "b", ",", " ", "123", "45", " x"])
    #expect(try words("falcon", "`a` 1234") == ["`", "a", "`", " ", "123", "4"])
  }

  @Test(arguments: PreTokenizers.names)
  func everyRuleKeepsEveryCharacter(_ name: String) throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let text = random.text(scalars: 30) + " it's 1234  \r\n"
      let found = try words(name, text)
      #expect(found.joined().utf8.elementsEqual(text.utf8), "seed \(seed)")
      #expect(found.allSatisfy { !$0.isEmpty }, "seed \(seed)")
    }
  }
}
