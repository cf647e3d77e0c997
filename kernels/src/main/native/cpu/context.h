// What stands behind a hone_context, and how an operation reports what went wrong.
#pragma once

#include <exception>
#include <new>

#include "hone_kernels.h"
#include "workers.h"

struct hone_context {
  explicit hone_context(int threads) : workers(threads) {}
  hone::Workers workers;
};

namespace hone {

// Remembers the message for hone_error() and returns the code.
int fail(int code, const char* message);

// Runs an operation; what it throws becomes a code and a message.
template <class Body>
int guarded(const Body& body) {
  try {
    body();
    return HONE_OK;
  } catch (const std::bad_alloc&) {
    return fail(HONE_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& e) {
    return fail(HONE_FAILED, e.what());
  }
}

}  // namespace hone

#define HONE_STRING_(x) #x
#define HONE_STRING(x) HONE_STRING_(x)
// Refuses arguments that cannot be.
#define HONE_REQUIRE(condition) \
  if (!(condition)) return hone::fail(HONE_INVALID, __FILE__ ":" HONE_STRING(__LINE__) ": not so: " #condition)
