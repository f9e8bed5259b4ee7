// SPDX-License-Identifier: Apache-2.0

/// A tensor by its place in the model, whatever a file format calls it.
package enum TensorName: Sendable, Hashable {
  case tokenEmbedding, outputNorm, output, rotaryFactors
  case layer(Int, Part)

  package enum Part: String, Sendable, CaseIterable {
    case attentionNorm, query, key, value, attentionOutput
    case queryBias, keyBias, valueBias, attentionOutputBias
    case queryNorm, keyNorm
    case feedForwardNorm, gate, up, down
  }

  /// The name llama.cpp writes to GGUF.
  package var gguf: String {
    switch self {
    case .tokenEmbedding: return "token_embd.weight"
    case .outputNorm: return "output_norm.weight"
    case .output: return "output.weight"
    case .rotaryFactors: return "rope_freqs.weight"
    case .layer(let index, let part):
      let names: [Part: String] = [
        .attentionNorm: "attn_norm.weight", .query: "attn_q.weight", .key: "attn_k.weight",
        .value: "attn_v.weight", .attentionOutput: "attn_output.weight",
        .queryBias: "attn_q.bias", .keyBias: "attn_k.bias", .valueBias: "attn_v.bias",
        .attentionOutputBias: "attn_output.bias", .queryNorm: "attn_q_norm.weight",
        .keyNorm: "attn_k_norm.weight", .feedForwardNorm: "ffn_norm.weight",
        .gate: "ffn_gate.weight", .up: "ffn_up.weight", .down: "ffn_down.weight",
      ]
      return "blk.\(index).\(names[part] ?? part.rawValue)"
    }
  }

  /// The name Hugging Face's llama, qwen2 and qwen3 write to safetensors.
  package var huggingFace: String {
    switch self {
    case .tokenEmbedding: return "model.embed_tokens.weight"
    case .outputNorm: return "model.norm.weight"
    case .output: return "lm_head.weight"
    case .rotaryFactors: return "rope_freqs.weight"
    case .layer(let index, let part):
      let names: [Part: String] = [
        .attentionNorm: "input_layernorm.weight", .query: "self_attn.q_proj.weight",
        .key: "self_attn.k_proj.weight", .value: "self_attn.v_proj.weight",
        .attentionOutput: "self_attn.o_proj.weight", .queryBias: "self_attn.q_proj.bias",
        .keyBias: "self_attn.k_proj.bias", .valueBias: "self_attn.v_proj.bias",
        .attentionOutputBias: "self_attn.o_proj.bias", .queryNorm: "self_attn.q_norm.weight",
        .keyNorm: "self_attn.k_norm.weight",
        .feedForwardNorm: "post_attention_layernorm.weight", .gate: "mlp.gate_proj.weight",
        .up: "mlp.up_proj.weight", .down: "mlp.down_proj.weight",
      ]
      return "model.layers.\(index).\(names[part] ?? part.rawValue)"
    }
  }
}
