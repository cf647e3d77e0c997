package dev.hone.policy.generation;

import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One call of the generator: from requests to completions. */
final class Generation {

  private final ForwardPass forward;
  private final KvCache cache;
  private final Optional<Tokenizer> tokenizer;
  private final Set<Integer> eosTokens;
  private final SamplingSettings settings;
  private final Philox random;
  private final GenerationListener listener;
  private final List<GenerationRequest> requests;
  private final Sampler sampler;
  private final Completion[] completions;
  private int finished;
  private long prefilled;
  private long generated;
  private long decodeSteps;

  Generation(
      ForwardPass forward,
      Optional<Tokenizer> tokenizer,
      Set<Integer> eosTokens,
      SamplingSettings settings,
      Philox random,
      GenerationListener listener,
      List<GenerationRequest> requests) {
    this.forward = forward;
    this.cache = forward.cache();
    this.tokenizer = tokenizer;
    this.eosTokens = eosTokens;
    this.settings = settings;
    this.random = random;
    this.listener = listener;
    this.requests = requests;
    this.sampler = new Sampler(settings, forward.vocabularySize());
    this.completions = new Completion[requests.stream().mapToInt(GenerationRequest::samples).sum()];
  }

  Generated run(int maxRunning, int prefillTokens) {
    long start = System.nanoTime();
    List<Group> groups = new ArrayList<>();
    for (GenerationRequest request : requests) {
      int room = forward.maxPositions() - request.promptTokens().length;
      groups.add(new Group(request, Math.min(settings.maxNewTokens(), room)));
    }
    int[] firstOrders = firstOrders();
    Scheduler scheduler = new Scheduler(groups, maxRunning, prefillTokens);
    int begun = 0;
    while (!scheduler.done()) {
      List<Group> prompts = scheduler.prompts();
      if (!prompts.isEmpty()) {
        prefill(prompts, Arrays.copyOfRange(firstOrders, begun, begun + prompts.size()), scheduler);
        begun += prompts.size();
        continue;
      }
      decode(scheduler.admit(cache), scheduler);
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    return new Generated(
        Arrays.asList(completions),
        new GenerationStatistics(
            prefilled, generated, decodeSteps, idealDecodeSteps(maxRunning), seconds));
  }

  /** All prompts in one pass; the first token of every sample comes from the last logits. */
  private void prefill(List<Group> groups, int[] orders, Scheduler scheduler) {
    int[] lengths = groups.stream().mapToInt(group -> group.prompt().length).toArray();
    int[] slots = groups.stream().mapToInt(group -> group.open(cache)).toArray();
    int[] tokens = groups.stream().flatMapToInt(group -> Arrays.stream(group.prompt())).toArray();
    forward.run(tokens, lengths, slots);
    prefilled += tokens.length;
    List<Sequence> begun = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      Group group = groups.get(g);
      for (int i = 0; i < group.request().samples(); i++) {
        begun.add(begin(group, group.request().firstSample() + i, orders[g] + i));
        rows.add(g);
      }
    }
    boolean[] ended = extend(begun, rows.stream().mapToInt(row -> row).toArray());
    List<Sequence> going = new ArrayList<>();
    for (int i = 0; i < ended.length; i++) {
      if (!ended[i]) {
        going.add(begun.get(i));
      }
    }
    for (Group group : groups) {
      group.await((int) going.stream().filter(s -> s.group() == group).count(), cache);
    }
    going.forEach(scheduler::ready);
    progress(scheduler);
  }

  /**
   * One more token for every running sequence. What a step runs between its products is cold by
   * then, the weights having passed through the caches: so plain loops, little code.
   */
  private void decode(List<Sequence> running, Scheduler scheduler) {
    int count = running.size();
    int[] tokens = new int[count];
    int[] slots = new int[count];
    int[] lengths = new int[count];
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = running.get(i).lastToken();
      slots[i] = running.get(i).slot();
      lengths[i] = 1;
      rows[i] = i;
    }
    forward.run(tokens, lengths, slots);
    decodeSteps++;
    boolean[] ended = extend(running, rows);
    for (int i = 0; i < count; i++) {
      if (ended[i]) {
        scheduler.remove(running.get(i), cache);
      }
    }
    progress(scheduler);
  }

  private Sequence begin(Group group, int sample, int order) {
    BitSet seen = null;
    if (settings.repetitionPenalty() != 1) {
      seen = new BitSet(forward.vocabularySize());
      for (int token : group.prompt()) {
        seen.set(token);
      }
    }
    Optional<CompletionText> text =
        settings.stop().isEmpty() && !listener.streamsText()
            ? Optional.empty()
            : tokenizer.map(known -> new CompletionText(known.streamingDecoder(), settings.stop()));
    return new Sequence(group, sample, order, seen, text);
  }

  /** Draws the next token of each sequence from its row of logits; returns which of them end. */
  private boolean[] extend(List<Sequence> sequences, int[] rows) {
    Sampled[] drawn = draw(sequences, rows);
    int[] tokens = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      tokens[i] = drawn[i].token();
    }
    // The log-probabilities that training will find, to the bit where the backend promises it.
    float[] logProbs =
        forward.logProbs(rows, tokens, settings.greedy() ? 1 : settings.temperature());
    boolean[] ended = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      float samplingLogProb = plain() ? logProbs[i] : drawn[i].samplingLogProb();
      ended[i] = add(sequences.get(i), new Sampled(tokens[i], logProbs[i], samplingLogProb));
    }
    return ended;
  }

  /** Whether tokens are drawn from softmax(logits / temperature) itself. */
  private boolean plain() {
    return settings.unfiltered() && !settings.greedy();
  }

  private Sampled[] draw(List<Sequence> sequences, int[] rows) {
    double[] uniforms = new double[rows.length];
    for (int i = 0; i < rows.length && !settings.greedy(); i++) {
      Sequence sequence = sequences.get(i);
      long counter = ((long) sequence.sample() << 32) | sequence.length();
      uniforms[i] = random.uniform(sequence.group().request().promptId(), counter);
    }
    Optional<int[]> tokens =
        plain() ? forward.sample(rows, uniforms, settings.temperature()) : Optional.empty();
    Sampled[] drawn = new Sampled[rows.length];
    if (tokens.isPresent()) {
      for (int i = 0; i < rows.length; i++) {
        drawn[i] = new Sampled(tokens.get()[i], Float.NaN, Float.NaN);
      }
      return drawn;
    }
    float[] logits = forward.lastLogits();
    for (int i = 0; i < rows.length; i++) {
      int offset = rows[i] * forward.vocabularySize();
      drawn[i] = sampler.sample(logits, offset, sequences.get(i).seen(), uniforms[i]);
    }
    return drawn;
  }

  /** Adds a token to its sequence; true where it was the last. */
  private boolean add(Sequence sequence, Sampled sampled) {
    sequence.add(sampled);
    generated++;
    boolean eos = eosTokens.contains(sampled.token());
    boolean full = sequence.length() >= sequence.group().maxNewTokens();
    boolean stopped =
        sequence.text().isPresent() && !eos && sequence.text().get().add(sampled.token());
    if (!eos && !stopped && !full) {
      stream(sequence, false);
      return false;
    }
    if (!stopped && sequence.text().isPresent()) {
      stopped = sequence.text().get().finish();
    }
    stream(sequence, true);
    finish(sequence, stopped ? FinishReason.STOP : eos ? FinishReason.EOS : FinishReason.LENGTH);
    return true;
  }

  private void finish(Sequence sequence, FinishReason reason) {
    String text =
        sequence
            .text()
            .map(CompletionText::toString)
            .orElseGet(
                () -> tokenizer.map(known -> known.decode(said(sequence, reason))).orElse(""));
    Completion completion = sequence.complete(reason, text);
    completions[sequence.order()] = completion;
    finished++;
    listener.finished(completion);
  }

  /** The tokens that the text is of: without the one that says the end. */
  private static int[] said(Sequence sequence, FinishReason reason) {
    int[] tokens = sequence.tokens();
    return reason == FinishReason.EOS ? Arrays.copyOf(tokens, tokens.length - 1) : tokens;
  }

  private void stream(Sequence sequence, boolean ended) {
    if (listener.streamsText() && sequence.text().isPresent()) {
      String piece = sequence.text().get().release(ended);
      if (!piece.isEmpty()) {
        listener.text(sequence.group().request().promptId(), sequence.sample(), piece);
      }
    }
  }

  private void progress(Scheduler scheduler) {
    listener.progress(
        new GenerationProgress(finished, completions.length, scheduler.running(), generated));
  }

  /** Of each request, the place of its first completion among all. */
  private int[] firstOrders() {
    int[] orders = new int[requests.size()];
    for (int i = 1; i < orders.length; i++) {
      orders[i] = orders[i - 1] + requests.get(i - 1).samples();
    }
    return orders;
  }

  private long idealDecodeSteps(int maxRunning) {
    long longest = 0;
    for (Completion completion : completions) {
      longest = Math.max(longest, completion.tokens().length - 1);
    }
    long decoded = generated - completions.length;
    return Math.max(longest, (decoded + maxRunning - 1) / maxRunning);
  }
}
