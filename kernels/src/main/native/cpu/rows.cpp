// Copies, sums, columns and rows.
#include <cstring>

#include "context.h"
#include "simd.h"

using namespace hone;

namespace {

constexpr int64_t GRAIN = 1 << 15;  // numbers worth a task of their own

void add_to(float* y, const float* x, int64_t width) {
  by_lanes(0, width, [&](int64_t i, int n) { store(y + i, load(y + i, n) + load(x + i, n), n); });
}

}  // namespace

extern "C" {

int hone_zero(hone_context* context, float* y, int64_t size) {
  HONE_REQUIRE(size >= 0);
  context->workers.pieces(size, GRAIN, [=](int64_t from, int64_t to) {
    std::memset(y + from, 0, (to - from) * sizeof(float));
  });
  return HONE_OK;
}

int hone_copy(hone_context* context, float* y, const float* x, int64_t size, int32_t accumulate) {
  HONE_REQUIRE(size >= 0);
  context->workers.pieces(size, GRAIN, [=](int64_t from, int64_t to) {
    if (accumulate) {
      add_to(y + from, x + from, to - from);
    } else {
      std::memcpy(y + from, x + from, (to - from) * sizeof(float));
    }
  });
  return HONE_OK;
}

int hone_add(hone_context* context, float* y, const float* a, const float* b, int64_t size) {
  HONE_REQUIRE(size >= 0);
  context->workers.pieces(size, GRAIN, [=](int64_t from, int64_t to) {
    by_lanes(from, to, [&](int64_t i, int n) { store(y + i, load(a + i, n) + load(b + i, n), n); });
  });
  return HONE_OK;
}

int hone_copy_columns(hone_context* context, float* y, const float* x, int64_t rows,
                      int64_t y_width, int64_t to, int64_t x_width, int64_t from, int64_t width,
                      int32_t accumulate) {
  HONE_REQUIRE(to >= 0 && from >= 0 && width >= 0);
  HONE_REQUIRE(to + width <= y_width && from + width <= x_width);
  context->workers.pieces(rows, width ? GRAIN / width + 1 : rows, [=](int64_t first, int64_t end) {
    for (int64_t row = first; row < end; row++) {
      float* target = y + row * y_width + to;
      const float* source = x + row * x_width + from;
      if (accumulate) {
        add_to(target, source, width);
      } else {
        std::memcpy(target, source, width * sizeof(float));
      }
    }
  });
  return HONE_OK;
}

int hone_gather_rows(hone_context* context, float* y, const float* table, const int32_t* rows,
                     int64_t count, int64_t table_rows, int64_t width) {
  for (int64_t i = 0; i < count; i++) HONE_REQUIRE(rows[i] >= 0 && rows[i] < table_rows);
  context->workers.pieces(count, GRAIN / (width + 1) + 1, [=](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      std::memcpy(y + i * width, table + rows[i] * width, width * sizeof(float));
    }
  });
  return HONE_OK;
}

int hone_gather_rows_backward(hone_context* context, float* dtable, const float* dy,
                              const int32_t* rows, int64_t count, int64_t table_rows, int64_t width,
                              int32_t accumulate) {
  for (int64_t i = 0; i < count; i++) HONE_REQUIRE(rows[i] >= 0 && rows[i] < table_rows);
  // A task owns a range of the table and looks for its rows: no two write to one row, and each row
  // sums in the order of i.
  context->workers.pieces(table_rows, 256, [=](int64_t from, int64_t to) {
    if (!accumulate) std::memset(dtable + from * width, 0, (to - from) * width * sizeof(float));
    for (int64_t i = 0; i < count; i++) {
      if (rows[i] >= from && rows[i] < to) add_to(dtable + rows[i] * width, dy + i * width, width);
    }
  });
  return HONE_OK;
}

}  // extern "C"
