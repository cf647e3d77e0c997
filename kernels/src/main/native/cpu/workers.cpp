#include "workers.h"

#include <immintrin.h>

#include <chrono>

namespace hone {

namespace {

// How long a thread spins for the next job before it sleeps.
constexpr std::chrono::microseconds SPIN(60);

}  // namespace

Workers::Workers(int threads) {
  for (int i = 1; i < threads; i++) team_.emplace_back([this] { work(); });
}

Workers::~Workers() {
  {
    std::lock_guard<std::mutex> lock(bed_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : team_) thread.join();
}

void Workers::run(int64_t tasks, Task task, const void* body) {
  std::unique_lock<std::mutex> owner(owner_, std::defer_lock);
  if (tasks < 2 || team_.empty() || !owner.try_lock()) {
    for (int64_t i = 0; i < tasks; i++) task(body, i);
    return;
  }
  task_ = task;
  body_ = body;
  tasks_ = tasks;
  next_.store(0, std::memory_order_relaxed);
  gate_.store(OPEN, std::memory_order_release);
  job_.fetch_add(1, std::memory_order_seq_cst);
  if (sleeping_.load(std::memory_order_seq_cst) > 0) {
    std::lock_guard<std::mutex> lock(bed_);
    wake_.notify_all();
  }
  take_tasks();
  gate_.fetch_and(~OPEN, std::memory_order_acq_rel);
  while (gate_.load(std::memory_order_acquire) != 0) _mm_pause();
}

void Workers::take_tasks() {
  for (int64_t i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < tasks_;) task_(body_, i);
}

bool Workers::join() {
  uint32_t gate = gate_.load(std::memory_order_acquire);
  while (gate & OPEN) {
    if (gate_.compare_exchange_weak(gate, gate + 1, std::memory_order_acq_rel)) return true;
  }
  return false;
}

void Workers::work() {
  uint32_t seen = 0;
  auto idle_since = std::chrono::steady_clock::now();
  for (int spins = 0; !ending_.load(std::memory_order_relaxed); spins++) {
    uint32_t job = job_.load(std::memory_order_acquire);
    if (job != seen) {
      seen = job;
      if (join()) {
        take_tasks();
        gate_.fetch_sub(1, std::memory_order_release);
      }
      idle_since = std::chrono::steady_clock::now();
      continue;
    }
    _mm_pause();
    if (spins % 64 != 0 || std::chrono::steady_clock::now() - idle_since < SPIN) continue;
    std::unique_lock<std::mutex> lock(bed_);
    sleeping_.fetch_add(1, std::memory_order_seq_cst);
    wake_.wait(lock, [&] { return ending_ || job_.load(std::memory_order_seq_cst) != seen; });
    sleeping_.fetch_sub(1, std::memory_order_seq_cst);
  }
}

}  // namespace hone
