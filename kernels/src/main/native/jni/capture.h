// Operations that are captured while they run, to be run again in the same order on the same memory: what CUDA graphs
// are on a GPU (CUDA C++ Programming Guide, "CUDA Graphs"). It spares a decode step the Java code between its kernels,
// which by its next turn the weights have pushed out of the cache.
#pragma once

#include <functional>
#include <memory>
#include <new>
#include <vector>

#include "hone_kernels.h"

namespace hone {

class Graph {
 public:
  // Runs all of them; the code of the first that fails.
  int replay() const {
    for (const auto& operation : operations_) {
      if (const int code = operation(); code != HONE_OK) return code;
    }
    return HONE_OK;
  }

  template <class Operation>
  void add(const Operation& operation) noexcept {
    try {
      operations_.push_back(operation);
    } catch (const std::bad_alloc&) {
      whole_ = false;
    }
  }

  // Whether none is missing, for want of memory.
  bool whole() const { return whole_; }

 private:
  std::vector<std::function<int()>> operations_;
  bool whole_ = true;
};

// What the calling thread captures, if it does.
inline std::unique_ptr<Graph>& capturing() {
  thread_local std::unique_ptr<Graph> graph;
  return graph;
}

// Runs an operation, which must not hold references to what ends with the call.
template <class Operation>
int run(const Operation& operation) {
  if (Graph* graph = capturing().get()) graph->add(operation);
  return operation();
}

}  // namespace hone
