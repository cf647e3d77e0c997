package dev.hone.pipeline.run;

/** For callers that nobody watches. */
enum SilentProgress implements Progress {
  INSTANCE;

  private static final Task TASK =
      new Task() {
        @Override
        public void step(long units) {}

        @Override
        public void note(String extra) {}

        @Override
        public void close() {}
      };

  @Override
  public Task start(String name, long total, String unit) {
    return TASK;
  }

  @Override
  public void info(String line) {}
}
