#include "workers.h"

#include <immintrin.h>

#include <chrono>

namespace hone {

namespace {

// How long a thread spins for the next job before it sleeps: longer than decoding takes from one token's last product to
// the next one's first.
constexpr std::chrono::microseconds SPIN(300);

// Fetches a thread's share of what lies ahead, a little at a time.
class Fetching {
 public:
  explicit Fetching(int index) : index_(index) {}

  void begin(const Ahead& ahead) {
    ahead_ = ahead;
    at_ = 0;
  }

  bool done() const { return at_ >= ahead_.bytes; }

  // A few lines of each stream, and a pause: what is asked for faster than memory answers is dropped. What no longer lies
  // there is not fetched: a prefetch never faults.
  void step() {
    if (!done()) {
      const char* from = ahead_.from + index_ * ahead_.share + at_;
      const int64_t lines = LINES / ahead_.streams;
      for (int64_t i = 0; i < ahead_.streams; i++) {
        for (int64_t line = 0; line < lines; line++) _mm_prefetch(from + i * ahead_.apart + line * LINE, _MM_HINT_T1);
      }
      at_ += lines * LINE;
    }
    _mm_pause();
  }

 private:
  static constexpr int64_t LINE = 64;  // bytes
  static constexpr int64_t LINES = 8;  // a pause, which is as fast as one core reads

  const int index_;
  Ahead ahead_;
  int64_t at_ = 0;
};

}  // namespace

Workers::Workers(int threads) {
  for (int i = 1; i < threads; i++) team_.emplace_back([this, i] { work(i); });
}

Workers::~Workers() {
  {
    std::lock_guard<std::mutex> lock(bed_);
    ending_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : team_) thread.join();
}

void Workers::run(int64_t tasks, Task task, const void* body, const Ahead& ahead) {
  std::unique_lock<std::mutex> owner(owner_, std::defer_lock);
  if (tasks < 2 || team_.empty() || !owner.try_lock()) {
    for (int64_t i = 0; i < tasks; i++) task(body, i);
    return;
  }
  task_ = task;
  body_ = body;
  tasks_ = tasks;
  ahead_ = ahead;
  next_.store(0, std::memory_order_relaxed);
  gate_.store(OPEN, std::memory_order_release);
  job_.fetch_add(1, std::memory_order_seq_cst);
  if (sleeping_.load(std::memory_order_seq_cst) > 0) {
    std::lock_guard<std::mutex> lock(bed_);
    wake_.notify_all();
  }
  take_tasks();
  gate_.fetch_and(~OPEN, std::memory_order_acq_rel);
  Fetching fetching(0);
  fetching.begin(ahead);
  while (gate_.load(std::memory_order_acquire) != 0) fetching.step();
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

void Workers::work(int index) {
  uint32_t seen = 0;
  Fetching fetching(index);
  auto idle_since = std::chrono::steady_clock::now();
  for (int spins = 0; !ending_.load(std::memory_order_relaxed); spins++) {
    uint32_t job = job_.load(std::memory_order_acquire);
    if (job != seen) {
      seen = job;
      if (join()) {
        take_tasks();
        fetching.begin(ahead_);  // possibly of nothing: no guess outlives the next job, since its memory may be gone
        gate_.fetch_sub(1, std::memory_order_release);
      }
      idle_since = std::chrono::steady_clock::now();
      continue;
    }
    fetching.step();
    if (!fetching.done()) continue;
    if (spins % 64 != 0 || std::chrono::steady_clock::now() - idle_since < SPIN) continue;
    std::unique_lock<std::mutex> lock(bed_);
    sleeping_.fetch_add(1, std::memory_order_seq_cst);
    wake_.wait(lock, [&] { return ending_ || job_.load(std::memory_order_seq_cst) != seen; });
    sleeping_.fetch_sub(1, std::memory_order_seq_cst);
  }
}

}  // namespace hone
