package dev.hone.pipeline.stage;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Maps a function over rows on several threads, a little ahead of whoever reads, and hands the
 * results out in the rows' order.
 */
final class AheadIterator<A, B> implements Iterator<B> {

  private final Iterator<A> rows;
  private final Function<A, B> function;
  private final int ahead;
  private final ExecutorService threads;
  private final Queue<Future<B>> pending = new ArrayDeque<>();

  AheadIterator(Iterator<A> rows, Function<A, B> function, int ahead) {
    this.rows = rows;
    this.function = function;
    this.ahead = ahead;
    this.threads =
        Executors.newFixedThreadPool(
            ahead,
            task -> {
              Thread thread = new Thread(task, "hone-scoring");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public boolean hasNext() {
    while (pending.size() < 2 * ahead && rows.hasNext()) {
      A row = rows.next();
      pending.add(threads.submit(() -> function.apply(row)));
    }
    if (pending.isEmpty()) {
      threads.shutdown();
    }
    return !pending.isEmpty();
  }

  @Override
  public B next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    try {
      return pending.remove().get();
    } catch (ExecutionException e) {
      threads.shutdownNow();
      throw new CompletionException(e.getCause());
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }
}
