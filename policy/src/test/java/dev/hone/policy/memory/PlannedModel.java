package dev.hone.policy.memory;

import dev.hone.policy.model.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/** Architectures in small, as unlike one another as memory is concerned. */
enum PlannedModel {
  /** The quickstart's: latent attention, routed experts. */
  QUICKSTART(
      "model_type=deepseek_v3 vocab_size=27 hidden_size=128 num_hidden_layers=4"
          + " num_attention_heads=4 num_key_value_heads=4 q_lora_rank=64 kv_lora_rank=32"
          + " qk_rope_head_dim=16 qk_nope_head_dim=16 v_head_dim=32 intermediate_size=256"
          + " first_k_dense_replace=1 n_routed_experts=8 num_experts_per_tok=2 n_shared_experts=1"
          + " moe_intermediate_size=96 n_group=1 topk_group=1 max_position_embeddings=128"),
  /** SmolLM2's: grouped queries, one matrix for embedding and head, a large vocabulary. */
  SMOLLM(
      "model_type=llama vocab_size=12000 hidden_size=144 num_hidden_layers=8 num_attention_heads=9"
          + " num_key_value_heads=3 intermediate_size=384 max_position_embeddings=2048"
          + " tie_word_embeddings=true"),
  /** Qwen3-MoE's: norms of heads, and experts alone. */
  QWEN3_MOE(
      "model_type=qwen3_moe vocab_size=2000 hidden_size=96 num_hidden_layers=3"
          + " num_attention_heads=6 num_key_value_heads=2 head_dim=32 intermediate_size=256"
          + " num_experts=16 num_experts_per_tok=4 moe_intermediate_size=64"
          + " max_position_embeddings=512");

  private final String keys;

  PlannedModel(String keys) {
    this.keys = keys;
  }

  ModelConfig config() {
    Map<String, Object> parsed = new LinkedHashMap<>();
    for (String pair : keys.split(" ")) {
      String[] both = pair.split("=");
      parsed.put(
          both[0],
          both[1].matches("\\d+")
              ? (Object) Integer.valueOf(both[1])
              : both[1].equals("true") ? Boolean.TRUE : both[1]);
    }
    return ModelConfig.fresh(name(), parsed);
  }
}
