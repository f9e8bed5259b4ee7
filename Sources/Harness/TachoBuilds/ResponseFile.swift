// SPDX-License-Identifier: Apache-2.0

/// Files of arguments as compilers read them (`@FILE`): words between white space; a backslash takes the
/// next character as it is, quotes keep white space.
enum ResponseFile {
  static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isInWord = false
    var quote: Character?
    var characters = text[...]
    while let character = characters.popFirst() {
      if character == "\\", quote != "'" {
        if let next = characters.popFirst() { word.append(next) }
        isInWord = true
      } else if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
        isInWord = true
      } else if quote == nil, character.isWhitespace {
        if isInWord { words.append(word) }
        word = ""
        isInWord = false
      } else {
        word.append(character)
        isInWord = true
      }
    }
    if isInWord { words.append(word) }
    return words
  }

  static func text(_ words: [String]) -> String {
    words.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"\n" }.joined()
  }
}
