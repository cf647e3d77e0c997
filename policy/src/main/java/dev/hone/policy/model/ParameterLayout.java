package dev.hone.policy.model;

import dev.hone.policy.model.ParameterSpec.Start;
import dev.hone.policy.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Every parameter of an architecture, in the order of the forward pass, and its names on disk. The
 * names and shapes on disk are Hugging Face's.
 */
public final class ParameterLayout {

  private final Map<String, ParameterSpec> specs = new LinkedHashMap<>();

  private ParameterLayout() {}

  /** The layout of {@code config}. */
  public static ParameterLayout of(ModelConfig config) {
    ParameterLayout layout = new ParameterLayout();
    layout.matrix("model.embed_tokens.weight", config.vocabularySize(), config.width());
    for (int i = 0; i < config.layers(); i++) {
      String layer = "model.layers." + i + ".";
      layout.gain(layer + "input_layernorm.weight", config.width());
      if (config.attention() instanceof AttentionConfig.Mla mla) {
        layout.latentAttention(layer + "self_attn.", mla, config.width());
      } else if (config.attention() instanceof AttentionConfig.Gqa gqa) {
        layout.groupedQueryAttention(layer + "self_attn.", gqa, config.width());
      }
      layout.gain(layer + "post_attention_layernorm.weight", config.width());
      if (config.feedForwards().get(i) instanceof FeedForwardConfig.Dense dense) {
        layout.swiGlu(layer + "mlp.", dense.width(), config.width());
      } else if (config.feedForwards().get(i) instanceof FeedForwardConfig.Moe moe) {
        layout.experts(layer + "mlp.", moe, config.width());
      }
    }
    layout.gain("model.norm.weight", config.width());
    if (!config.tiedHead()) {
      layout.matrix("lm_head.weight", config.vocabularySize(), config.width());
    }
    return layout;
  }

  /** In the order of the forward pass. */
  public List<ParameterSpec> specs() {
    return List.copyOf(specs.values());
  }

  /** The parameter of this name in memory. */
  public ParameterSpec spec(String name) {
    ParameterSpec spec = specs.get(name);
    if (spec == null) {
      throw new IllegalArgumentException("No parameter is called " + name + ".");
    }
    return spec;
  }

  /** All tensors on disk, by name. */
  public Map<String, DiskTensor> diskTensors() {
    Map<String, DiskTensor> tensors = new TreeMap<>();
    for (ParameterSpec spec : specs.values()) {
      spec.disk().forEach(tensor -> tensors.put(tensor.name(), tensor));
    }
    return tensors;
  }

  private void latentAttention(String at, AttentionConfig.Mla mla, int width) {
    int queries = mla.heads() * (mla.nope() + mla.rope());
    if (mla.queryRank() == 0) {
      matrix(at + "q_proj.weight", queries, width);
    } else {
      matrix(at + "q_a_proj.weight", mla.queryRank(), width);
      bias(at + "q_a_proj.bias", mla.bias(), mla.queryRank());
      gain(at + "q_a_layernorm.weight", mla.queryRank());
      matrix(at + "q_b_proj.weight", queries, mla.queryRank());
    }
    matrix(at + "kv_a_proj_with_mqa.weight", mla.latentRank() + mla.rope(), width);
    bias(at + "kv_a_proj_with_mqa.bias", mla.bias(), mla.latentRank() + mla.rope());
    gain(at + "kv_a_layernorm.weight", mla.latentRank());
    matrix(at + "kv_b_proj.weight", mla.heads() * (mla.nope() + mla.value()), mla.latentRank());
    matrix(at + "o_proj.weight", width, mla.heads() * mla.value());
    bias(at + "o_proj.bias", mla.bias(), width);
  }

  private void groupedQueryAttention(String at, AttentionConfig.Gqa gqa, int width) {
    int queries = gqa.heads() * gqa.headWidth();
    int keys = gqa.keyValueHeads() * gqa.headWidth();
    matrix(at + "q_proj.weight", queries, width);
    bias(at + "q_proj.bias", gqa.inputBias(), queries);
    matrix(at + "k_proj.weight", keys, width);
    bias(at + "k_proj.bias", gqa.inputBias(), keys);
    matrix(at + "v_proj.weight", keys, width);
    bias(at + "v_proj.bias", gqa.inputBias(), keys);
    if (gqa.headNorm()) {
      gain(at + "q_norm.weight", gqa.headWidth());
      gain(at + "k_norm.weight", gqa.headWidth());
    }
    matrix(at + "o_proj.weight", width, queries);
    bias(at + "o_proj.bias", gqa.outputBias(), width);
  }

  private void swiGlu(String at, int inner, int width) {
    Shape half = new Shape(inner, width);
    add(
        new ParameterSpec(
            at + "gate_up_proj.weight",
            new Shape(2 * inner, width),
            Start.NORMAL,
            true,
            List.of(
                new DiskTensor(at + "gate_proj.weight", half, 0),
                new DiskTensor(at + "up_proj.weight", half, half.size()))));
    matrix(at + "down_proj.weight", width, inner);
  }

  private void experts(String at, FeedForwardConfig.Moe moe, int width) {
    matrix(at + "gate.weight", moe.experts(), width);
    if (moe.correctionBias()) {
      String name = at + "gate.e_score_correction_bias";
      Shape shape = new Shape(moe.experts());
      add(
          new ParameterSpec(
              name, shape, Start.ZEROS, false, List.of(new DiskTensor(name, shape, 0))));
    }
    int inner = moe.expertWidth();
    Shape inward = new Shape(inner, width);
    Shape outward = new Shape(width, inner);
    List<DiskTensor> gateUp = new ArrayList<>();
    List<DiskTensor> down = new ArrayList<>();
    long stride = (long) inner * width;
    for (int e = 0; e < moe.experts(); e++) {
      String expert = at + "experts." + e + ".";
      gateUp.add(new DiskTensor(expert + "gate_proj.weight", inward, 2 * e * stride));
      gateUp.add(new DiskTensor(expert + "up_proj.weight", inward, (2 * e + 1) * stride));
      down.add(new DiskTensor(expert + "down_proj.weight", outward, e * stride));
    }
    add(
        new ParameterSpec(
            at + "experts.gate_up_proj",
            new Shape(moe.experts(), 2 * inner, width),
            Start.NORMAL,
            true,
            gateUp));
    add(
        new ParameterSpec(
            at + "experts.down_proj",
            new Shape(moe.experts(), width, inner),
            Start.NORMAL,
            true,
            down));
    if (moe.sharedWidth() > 0) {
      swiGlu(at + "shared_experts.", moe.sharedWidth(), width);
    }
  }

  private void matrix(String name, int out, int in) {
    Shape shape = new Shape(out, in);
    add(
        new ParameterSpec(
            name, shape, Start.NORMAL, true, List.of(new DiskTensor(name, shape, 0))));
  }

  private void gain(String name, int width) {
    Shape shape = new Shape(width);
    add(new ParameterSpec(name, shape, Start.ONES, true, List.of(new DiskTensor(name, shape, 0))));
  }

  private void bias(String name, boolean present, int width) {
    if (present) {
      Shape shape = new Shape(width);
      add(
          new ParameterSpec(
              name, shape, Start.ZEROS, true, List.of(new DiskTensor(name, shape, 0))));
    }
  }

  private void add(ParameterSpec spec) {
    specs.put(spec.name(), spec);
  }
}
