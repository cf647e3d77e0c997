// A team of threads that share the tasks of one operation.
//
// No result depends on the team: a task computes whole elements of the output, so any thread may
// take it. The threads wait a little while spinning, since the next operation of a decode step
// comes within microseconds, and then sleep. Whoever asks never waits for a thread that has not
// begun: on a busy machine it does all the work itself.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace hone {

// Memory that the next job is likely to read. Thread i of the team begins with so many streams of it, `apart` bytes
// from one another, from `from + i * share` on.
struct Ahead {
  const char* from = nullptr;
  int64_t share = 0;
  int64_t streams = 0, apart = 0;
  int64_t bytes = 0;  // of each stream
};

class Workers {
 public:
  explicit Workers(int threads);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  int threads() const { return static_cast<int>(team_.size()) + 1; }

  // Calls body(task) once for every task of [0, tasks), in any order; returns when all are done.
  // Called by several threads at once, one has the team and the others work alone. While they wait
  // for what comes then, the others of the team fetch what lies `ahead` into their caches.
  template <class Body>
  void run(int64_t tasks, const Body& body, const Ahead& ahead = {}) {
    run(tasks, [](const void* b, int64_t task) { (*static_cast<const Body*>(b))(task); }, &body, ahead);
  }

  // As run, over [0, count) in pieces of at least `grain`: body(from, to).
  template <class Body>
  void pieces(int64_t count, int64_t grain, const Body& body) {
    int64_t most = static_cast<int64_t>(threads()) * 4;
    int64_t number = count / (grain > 0 ? grain : 1);
    number = number < 1 ? 1 : number > most ? most : number;
    if (threads() == 1) number = 1;
    run(number, [&](int64_t i) { body(count * i / number, count * (i + 1) / number); });
  }

 private:
  using Task = void (*)(const void* body, int64_t task);

  void run(int64_t tasks, Task task, const void* body, const Ahead& ahead);
  void work(int index);
  void take_tasks();
  bool join();

  static constexpr uint32_t OPEN = 1u << 31;

  std::vector<std::thread> team_;
  std::mutex owner_;               // held by the caller whose job the team has
  Task task_ = nullptr;            // the job: written while the gate is shut and nobody is inside
  const void* body_ = nullptr;
  int64_t tasks_ = 0;
  Ahead ahead_;
  std::atomic<int64_t> next_{0};
  std::atomic<uint32_t> gate_{0};  // OPEN, and how many of the team are inside
  std::atomic<uint32_t> job_{0};   // counts jobs, so that a thread sees a new one
  std::atomic<int> sleeping_{0};
  std::atomic<bool> ending_{false};
  std::mutex bed_;
  std::condition_variable wake_;
};

}  // namespace hone
