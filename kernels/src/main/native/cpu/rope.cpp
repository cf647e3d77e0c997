// Rotary position embedding (Su et al., 2021).
#include <cstring>

#include "context.h"

using namespace hone;

namespace {

struct Columns {
  int64_t heads, width, from, pairs;
  bool interleaved;

  // Where the pair's two numbers stand in the input.
  int64_t first(int64_t pair) const { return interleaved ? 2 * pair : pair; }
  int64_t second(int64_t pair) const { return interleaved ? 2 * pair + 1 : pair + pairs; }
};

// One head's row. Plain loops over pairs, which the compiler vectorises where pairs are halves.
void rotate(float* __restrict y, const float* __restrict x, const float* __restrict cosines,
            const float* __restrict sines, const Columns& c) {
  std::memcpy(y, x, c.from * sizeof(float));
  const int64_t end = c.from + 2 * c.pairs;
  std::memcpy(y + end, x + end, (c.width - end) * sizeof(float));
  const float* in = x + c.from;
  float* low = y + c.from;
  float* high = low + c.pairs;
  for (int64_t i = 0; i < c.pairs; i++) {
    const float a = in[c.first(i)], b = in[c.second(i)];
    low[i] = a * cosines[i] - b * sines[i];
    high[i] = b * cosines[i] + a * sines[i];
  }
}

void rotate_back(float* __restrict dx, const float* __restrict dy, const float* __restrict cosines,
                 const float* __restrict sines, const Columns& c, bool accumulate) {
  auto put = [&](int64_t at, float value) { dx[at] = accumulate ? dx[at] + value : value; };
  for (int64_t i = 0; i < c.from; i++) put(i, dy[i]);
  for (int64_t i = c.from + 2 * c.pairs; i < c.width; i++) put(i, dy[i]);
  const float* low = dy + c.from;
  const float* high = low + c.pairs;
  for (int64_t i = 0; i < c.pairs; i++) {
    put(c.from + c.first(i), low[i] * cosines[i] + high[i] * sines[i]);
    put(c.from + c.second(i), high[i] * cosines[i] - low[i] * sines[i]);
  }
}

template <class Row>
void each_head(Workers& workers, int64_t tokens, const float* table, const int32_t* positions,
               const Columns& c, const Row& row) {
  workers.pieces(tokens, 8192 / (c.heads * c.width + 1) + 1, [&](int64_t from, int64_t to) {
    for (int64_t token = from; token < to; token++) {
      const float* cosines = table + positions[token] * 2 * c.pairs;
      for (int64_t head = 0; head < c.heads; head++) {
        row((token * c.heads + head) * c.width, cosines, cosines + c.pairs);
      }
    }
  });
}

}  // namespace

extern "C" {

int hone_rope(hone_context* context, float* y, const float* x, const float* table,
              const int32_t* positions, int64_t tokens, int64_t heads, int64_t width, int64_t from,
              int64_t pairs, int32_t interleaved) {
  HONE_REQUIRE(from >= 0 && pairs >= 0 && from + 2 * pairs <= width);
  const Columns c{heads, width, from, pairs, interleaved != 0};
  each_head(context->workers, tokens, table, positions, c,
            [&](int64_t at, const float* cosines, const float* sines) {
              rotate(y + at, x + at, cosines, sines, c);
            });
  return HONE_OK;
}

int hone_rope_backward(hone_context* context, float* dx, const float* dy, const float* table,
                       const int32_t* positions, int64_t tokens, int64_t heads, int64_t width,
                       int64_t from, int64_t pairs, int32_t interleaved, int32_t accumulate) {
  HONE_REQUIRE(from >= 0 && pairs >= 0 && from + 2 * pairs <= width);
  const Columns c{heads, width, from, pairs, interleaved != 0};
  each_head(context->workers, tokens, table, positions, c,
            [&](int64_t at, const float* cosines, const float* sines) {
              rotate_back(dx + at, dy + at, cosines, sines, c, accumulate != 0);
            });
  return HONE_OK;
}

}  // extern "C"
