package dev.hone.policy.memory;

import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.MemoryUse;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Memory outside the JVM's heap at the moment when most is in use.
 *
 * @param parts bytes by what they are for
 */
public record MemoryNeed(Map<Part, Long> parts) {

  /** What memory is for. */
  public enum Part {
    WEIGHTS("weights", "take a smaller model"),
    REFERENCE("reference policy", "set beta to 0, or take a smaller model"),
    MOMENTS("optimizer moments", "take a smaller model"),
    GRADIENTS("gradients", "take a smaller model"),
    ACTIVATIONS("activations", "lower micro_batch_tokens or set gradient_checkpointing"),
    HEAD("fused head's logits", "lower micro_batch_tokens"),
    CACHE("KV cache pages", "lower max_running_sequences or max_completion_length"),
    STAGING("indices and tables", "lower micro_batch_tokens"),
    GAPS("between blocks", "lower micro_batch_tokens");

    private final String label;
    private final String remedy;

    Part(String label, String remedy) {
      this.label = label;
      this.remedy = remedy;
    }

    /** In a list, a few words. */
    public String label() {
      return label;
    }

    /** What to do where it is too much. */
    public String remedy() {
      return remedy;
    }
  }

  public MemoryNeed {
    Map<Part, Long> ordered = new LinkedHashMap<>();
    for (Part part : Part.values()) {
      ordered.put(part, parts.getOrDefault(part, 0L));
    }
    parts = ordered;
  }

  /** Of operations at their peak, of whose weights so much is the reference's and the moments'. */
  static MemoryNeed of(MemoryUse use, long reference, long moments) {
    Map<Part, Long> parts = new EnumMap<>(Part.class);
    Map<MemoryPart, Long> peak = use.peak();
    parts.put(Part.WEIGHTS, peak.get(MemoryPart.WEIGHTS) - reference - moments);
    parts.put(Part.REFERENCE, reference);
    parts.put(Part.MOMENTS, moments);
    parts.put(Part.GRADIENTS, peak.get(MemoryPart.GRADIENTS));
    parts.put(Part.ACTIVATIONS, peak.get(MemoryPart.ACTIVATIONS));
    parts.put(Part.HEAD, peak.get(MemoryPart.HEAD));
    parts.put(Part.CACHE, peak.get(MemoryPart.CACHE));
    parts.put(Part.STAGING, peak.get(MemoryPart.STAGING));
    long cache = peak.get(MemoryPart.CACHE);
    long cacheHeld = use.most().get(MemoryPart.CACHE);
    parts.put(Part.GAPS, use.held() - cacheHeld - (use.peakBytes() - cache));
    return new MemoryNeed(parts);
  }

  /** In all. */
  public long bytes() {
    return parts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The part that takes most. */
  public Part largest() {
    return parts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }
}
