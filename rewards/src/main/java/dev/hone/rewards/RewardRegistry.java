package dev.hone.rewards;

import dev.hone.rewards.code.CodeReward;
import dev.hone.rewards.math.MathVerifier;
import dev.hone.rewards.math.Mode;
import dev.hone.sandbox.Language;
import dev.hone.sandbox.Limits;
import dev.hone.sandbox.SandboxSettings;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The rewards that an experiment may name, by type. Any other name is taken for the class name of
 * the user's own {@link RewardFunction} or {@link Verifier}.
 */
public final class RewardRegistry {

  /** What an experiment calls the column that a reward compares with. */
  private static final String REFERENCE = "reference";

  /** By how much printed or returned fractions may differ: what APPS allows, a little tighter. */
  private static final double CODE_TOLERANCE = 1e-6;

  private static final double MEBIBYTE = 1 << 20;

  private final Map<String, Function<RewardOptions, RewardFunction>> factories =
      new LinkedHashMap<>();

  private RewardRegistry() {}

  /** Every reward that comes with Hone. */
  public static RewardRegistry standard() {
    return standard(SandboxSettings.standard());
  }

  /** The same, where the rewards that run programs run them so. */
  public static RewardRegistry standard(SandboxSettings sandbox) {
    RewardRegistry registry = new RewardRegistry();
    registry.factories.put("math", o -> against(o, math(o)));
    registry.factories.put("code", o -> code(o, sandbox));
    registry.factories.put("final_number", o -> against(o, FinalNumber.from(o)));
    registry.factories.put("exact_match", o -> against(o, ExactMatch.from(o)));
    registry.factories.put("regex", RegexReward::from);
    registry.factories.put("format", FormatReward::from);
    registry.factories.put("length", LengthReward::from);
    registry.factories.put("overlong", OverlongPenalty::from);
    return registry;
  }

  /** The registered types, in the order they are shown to a user. */
  public Set<String> types() {
    return Collections.unmodifiableSet(factories.keySet());
  }

  /**
   * Builds a reward.
   *
   * @throws InvalidReward in one line, where the type or an option is unknown or has an impossible
   *     value
   */
  public RewardFunction create(String type, Map<String, Object> options) {
    if (type == null || type.isBlank()) {
      throw new InvalidReward("a reward has no type; allowed are " + factories.keySet());
    }
    Function<RewardOptions, RewardFunction> factory = factories.get(type);
    if (factory == null) {
      return usersOwn(type, options);
    }
    RewardOptions reader = new RewardOptions(type, options);
    RewardFunction reward = factory.apply(reader);
    reader.rejectUnknown();
    return reward;
  }

  private static Verifier math(RewardOptions options) {
    String mode = options.choice("mode", "strict", List.of("strict", "lenient"));
    return new MathVerifier(mode.equals("strict") ? Mode.STRICT : Mode.LENIENT);
  }

  private static RewardFunction code(RewardOptions options, SandboxSettings sandbox) {
    String name = options.text("language", Language.PYTHON.toString());
    Language language =
        Language.named(name)
            .orElseThrow(
                () ->
                    options.wrong("language", name, "one of " + Arrays.asList(Language.values())));
    Limits limits = sandbox.limits();
    long cpu = Math.round(1000 * options.number("cpu_seconds", seconds(limits.cpu()), 0.1));
    long wall = Math.round(1000 * options.number("wall_seconds", seconds(limits.wall()), 0.1));
    double memory = options.number("memory_mb", limits.memoryBytes() / MEBIBYTE, 16);
    String score = options.choice("score", "all", List.of("all", "fraction"));
    return new CodeReward(
        sandbox,
        language,
        options.text("tests", ""),
        score.equals("all") ? CodeReward.Score.ALL : CodeReward.Score.FRACTION,
        limits
            .withTime(Duration.ofMillis(cpu), Duration.ofMillis(wall))
            .withMemory((long) (memory * MEBIBYTE)),
        options.number("tolerance", CODE_TOLERANCE, 0));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private static RewardFunction against(RewardOptions options, Verifier verifier) {
    return new ReferenceReward(verifier, options.text(REFERENCE, ReferenceReward.DEFAULT_COLUMN));
  }

  private RewardFunction usersOwn(String type, Map<String, Object> options) {
    Class<?> loaded = load(type);
    if (RewardFunction.class.isAssignableFrom(loaded)) {
      return (RewardFunction) instance(loaded, options);
    }
    if (Verifier.class.isAssignableFrom(loaded)) {
      Map<String, Object> rest = new LinkedHashMap<>(options);
      Object column = rest.remove(REFERENCE);
      return new ReferenceReward(
          (Verifier) instance(loaded, rest),
          column == null ? ReferenceReward.DEFAULT_COLUMN : column.toString());
    }
    throw new InvalidReward(
        "class "
            + type
            + " implements neither "
            + RewardFunction.class.getName()
            + " nor "
            + Verifier.class.getName());
  }

  private Class<?> load(String type) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    try {
      return Class.forName(
          type, true, loader == null ? RewardRegistry.class.getClassLoader() : loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new InvalidReward(
          "there is no reward type '"
              + type
              + "', and no such class on the class path; allowed are "
              + factories.keySet()
              + " or the class name of your own"
              + NearestName.hint(type, factories.keySet()),
          e);
    }
  }

  private static Object instance(Class<?> loaded, Map<String, Object> options) {
    try {
      for (Constructor<?> constructor : loaded.getConstructors()) {
        if (constructor.getParameterCount() == 1
            && constructor.getParameterTypes()[0].isAssignableFrom(Map.class)) {
          return constructor.newInstance(new LinkedHashMap<>(options));
        }
      }
      Constructor<?> plain = loaded.getConstructor();
      if (!options.isEmpty()) {
        throw new InvalidReward(
            "class "
                + loaded.getName()
                + " takes no options, and the experiment gives "
                + options.keySet()
                + "; give the class a public constructor with a Map<String, Object>");
      }
      return plain.newInstance();
    } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
      throw new InvalidReward(
          "class "
              + loaded.getName()
              + " must be public and have a public constructor without arguments or with a"
              + " Map<String, Object>",
          e);
    } catch (InvocationTargetException e) {
      throw new InvalidReward(
          "the constructor of " + loaded.getName() + " failed: " + e.getCause(), e);
    }
  }
}
