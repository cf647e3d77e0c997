package dev.hone.rewards;

/**
 * A reward cannot be built from what the experiment says of it: an unknown type, an unknown option,
 * a value out of range, a class that is no reward. The message is one line for the user.
 */
public final class InvalidReward extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  public InvalidReward(String message) {
    super(message);
  }

  public InvalidReward(String message, Throwable cause) {
    super(message, cause);
  }
}
