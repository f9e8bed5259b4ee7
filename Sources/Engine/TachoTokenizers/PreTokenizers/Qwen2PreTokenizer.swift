// SPDX-License-Identifier: Apache-2.0

extension PreTokenizerFamily {
  /// Qwen 2 and others with the rule of Llama 3 but every number by itself.
  static let qwen2 = PreTokenizerFamily(
    names: [
      "qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez", "stablelm2", "hunyuan",
      "solar-open", "grok-2",
    ],
    patterns: [
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
        + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
    ],
    steps: [.split(Llama3PreTokenizer(digits: 1, folding: .ascii))],
    patternSteps: [.split(Llama3PreTokenizer(digits: 1, folding: .unicode))])
}
