#include "product.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "amx.h"
#include "product_blocks.h"
#include "product_operands.h"
#include "product_tile.h"

namespace hone {

namespace {

// A block of a [BLOCK_ROWS, DEPTH] or so, 512 KB, stays in the L2 cache while all panels of b pass,
// of each a stretch [STRETCH, 32], 36 KB, stays in L1 while all rows pass.
constexpr int64_t STRETCH = 288;
constexpr int64_t DEPTH = 2 * STRETCH;
constexpr int64_t BLOCK_WORDS = 1 << 17;
constexpr int64_t BLOCK_ROWS = 768;
constexpr int64_t BLOCK_PANELS = 4;  // of an unpacked b are copied at once, whole lines of its rows
constexpr int64_t LAID_OUT_WORDS = 1 << 18;  // 1 MB of a plain b, for the blocks of rows of one part
constexpr int64_t FEW_ROWS = 48;     // so many read b but a few times: not worth copying
constexpr int64_t CLOSE = 64;        // numbers: rows of a so near one another are not worth copying either
constexpr int64_t COLLIDING = 1024;  // numbers: rows that far apart fall onto the same lines of a cache
constexpr int64_t SMALL = 1 << 16;   // multiply-adds below which a second thread costs more than it helps
constexpr size_t KNOWN_ORDER = 1 << 14;  // weights of which the next ones are known, at most
constexpr int64_t FETCHED = 1 << 19;     // bytes of them that a thread fetches while it has no task: half of an L2 cache
constexpr int64_t LINE = 64;         // bytes of a cache line
constexpr int64_t PAD = 16;          // words, so that rows of a copy do not fall onto the same cache lines

// Stretches of [0, count), as equal as can be and none above `most`: body(from, to). One, if count is 0. Those of the
// inner dimension begin at whole blocks of 16 words, as does `most`.
template <class Body>
void each_stretch(int64_t count, int64_t most, const Body& body, int64_t block = 1) {
  const int64_t number = std::max<int64_t>(1, blocks(count, most)), all = blocks(count, block);
  for (int64_t i = 0; i < number; i++) body(all * i / number * block, std::min(count, all * (i + 1) / number * block));
}

template <class Word>
Word* scratch(int64_t size) {
  thread_local std::vector<Word> memory;
  if (memory.size() < static_cast<size_t>(size)) memory.resize(size);
  return memory.data();
}

int64_t words_of(const Product& p) { return p.dtype == HONE_FP32 ? p.inner : blocks(p.inner, 2); }

bool goes_in_blocks(const Product& p) { return p.dtype == HONE_BF16_AMX && !p.transposed; }

// One row of packed panels, all of them that are whole: the first that is not.
template <class Word>
int64_t compute_row(const Part& part) {
  const Product& p = *part.product;
  const int64_t words = words_of(p), held = panel_words(p.inner, NUMBERS<Word> == 2);
  const float* row = p.a + part.row * (p.transposed ? 1 : p.lda);
  const int64_t end = std::clamp(p.columns / PANEL, part.from, part.to);
  const Word* x;
  int64_t step = 1;
  if constexpr (std::is_same_v<Word, float>) {
    x = row;
    step = p.transposed ? p.lda : 1;
  } else {
    Word* own = scratch<Word>(words);
    if (p.transposed) {
      copy_a_columns(own, part, 0, words);
    } else {
      pair_row(own, row, p.inner);
    }
    x = own;
  }
  multiply_row_panels<Word>(p, p.c + part.row * p.ldc, x, step, words, held, part.from, end);
  return end;
}

// A part whose rows of a stay in the cache while all of its b passes.
template <class Word>
void compute_block(const Part& part) {
  constexpr bool PLAIN = std::is_same_v<Word, float>;
  const Product& p = *part.product;
  const bool in_blocks = goes_in_blocks(p);
  const int64_t held = panel_words(p.inner, !PLAIN), words = in_blocks ? held : words_of(p);
  int64_t start = part.from;
  if (p.panels && part.rows == 1 && !in_blocks) {
    start = compute_row<Word>(part);
    if (start == part.to) return;
  }
  const bool copies_b = !p.panels && (!PLAIN || part.rows > FEW_ROWS);
  // Plain rows are read where they lie, but copied for several panels where they are in each other's way.
  const bool in_the_way = p.transposed ? p.lda > CLOSE : p.lda % COLLIDING == 0 && part.rows > FEW_ROWS;
  const bool copies_a = !PLAIN || (in_the_way && part.to - start > 1);
  const int64_t tile_rows = in_blocks ? BLOCK_TILE_ROWS : TILE_ROWS;
  Word* own_b = scratch<Word>(PANEL * BLOCK_PANELS * STRETCH + (part.rows + tile_rows) * (std::min(words, DEPTH) + PAD));
  Word* own_a = own_b + PANEL * BLOCK_PANELS * STRETCH;
  each_stretch(words, DEPTH, [&](int64_t k_block, int64_t block_end) {
    const int64_t depth = block_end - k_block;
    if (copies_a && p.transposed) copy_a_columns(own_a, part, k_block, block_end);
    if (copies_a && !p.transposed) copy_a_rows(own_a, depth + PAD, part, k_block, block_end);
    for (int64_t group = start; group < part.to; group += BLOCK_PANELS) {
      const int64_t group_end = std::min(part.to, group + BLOCK_PANELS);
      each_stretch(depth, STRETCH, [&](int64_t from, int64_t to) {
        const int64_t k = k_block + from;
        if (copies_b) copy_b(own_b, to - from, p, k, k_block + to, group, group_end - group);
        for (int64_t n = group; n < group_end; n++) {
          ProductTile<Word> tile{};
          tile.width = static_cast<int>(std::min<int64_t>(PANEL, p.columns - n * PANEL));
          tile.ldb = PANEL;
          if (copies_b) {
            tile.b = own_b + (n - group) * (to - from) * PANEL;
          } else if (p.panels) {
            tile.b = static_cast<const Word*>(p.panels) + (n * held + k) * PANEL;
          } else if constexpr (PLAIN) {
            tile.b = p.b + k * p.ldb + n * PANEL;
            tile.ldb = p.ldb;
          }
          tile.ldc = p.ldc;
          tile.inner = to - from;
          tile.accumulate = p.accumulate || k > 0;
          tile.bias = p.bias ? p.bias + n * PANEL : nullptr;
          const int vectors = tile.width > LANES ? 2 : 1;
          const bool tail = tile.width % LANES != 0;
          // What comes next of packed panels: the same stretch of the next panel, or the next stretch of the
          // group's first. A step is two lines of it, which a lone tile fetches; else two tiles fetch one each.
          const Word* next = tile.b;
          if (p.panels && n + 1 < group_end) {
            next += held * PANEL;
          } else if (p.panels && to < depth) {
            next = static_cast<const Word*>(p.panels) + (group * held + k_block + to) * PANEL;
          } else if (p.panels && group_end < part.to) {
            next = static_cast<const Word*>(p.panels) + (group_end * held + k_block) * PANEL;
          }
          const bool lone = part.rows <= tile_rows;
          tile.ahead = reinterpret_cast<const char*>(next);
          tile.second = lone ? LINE : 0;
          tile.step = next == tile.b ? 0 : lone ? 2 * LINE : LINE;
          int64_t fetching = lone ? 1 : 2;
          part.each_tile(tile_rows, [&](int64_t row, int rows) {
            tile.c = p.c + row * p.ldc + n * PANEL;
            if (copies_a && p.transposed) {
              tile.a = own_a + (row - part.row) * depth + from * rows;
              tile.lda = rows;
            } else if (copies_a) {
              tile.a = own_a + (row - part.row) * (depth + PAD) + from;
              tile.lda = depth + PAD;
            } else if constexpr (PLAIN) {
              tile.a = p.transposed ? p.a + k * p.lda + row : p.a + row * p.lda + k;
              tile.lda = p.lda;
            }
            if constexpr (!PLAIN) {
              if (in_blocks) return multiply_blocks(tile, rows);
            }
            tile_function<Word>(rows, vectors, tail, p.transposed)(tile);
            tile.ahead += tile.step * tile.inner;
            if (--fetching == 0) tile.ahead = reinterpret_cast<const char*>(tile.b), tile.second = tile.step = 0;
          });
        }
      }, BLOCK_PAIRS);
    }
  }, BLOCK_PAIRS);
}

// Rows of a block.
int64_t block_rows(const Product& p) {
  const int64_t words = words_of(p), deepest = std::max<int64_t>(1, blocks(words, DEPTH));
  return std::clamp<int64_t>(BLOCK_WORDS / std::max<int64_t>(1, blocks(words, deepest)), 8 * TILE_ROWS, BLOCK_ROWS);
}

template <class Word>
void compute_blocks(const Part& part) {
  each_stretch(part.rows, block_rows(*part.product), [&](int64_t from, int64_t to) {
    compute_block<Word>({part.product, part.row + from, to - from, part.from, part.to});
  });
}

// A part of several blocks lays a plain b out for all of them, as much of the inner dimension at a time as stays near.
template <class Word>
void compute(const Part& part) {
  const Product& p = *part.product;
  if (p.panels || p.inner == 0 || part.rows <= block_rows(p)) return compute_blocks<Word>(part);
  thread_local std::vector<Word> panels;
  const int64_t width = (part.to - part.from) * PANEL, numbers = NUMBERS<Word>;
  const int64_t most = std::max<int64_t>(1, LAID_OUT_WORDS / (width * DEPTH)) * DEPTH;
  each_stretch(words_of(p), most, [&](int64_t from, int64_t to) {
    Product chunk = p;
    chunk.a += from * numbers * (p.transposed ? p.lda : 1);
    chunk.inner = std::min(p.inner, to * numbers) - from * numbers;
    chunk.accumulate |= from > 0;
    const int64_t held = panel_words(chunk.inner, numbers == 2);
    if (panels.size() < static_cast<size_t>(held * width)) panels.resize(held * width);
    copy_b(panels.data(), held, p, from, from + held, part.from, part.to - part.from);
    chunk.panels = panels.data() - part.from * PANEL * held;
    compute_blocks<Word>({&chunk, part.row, part.rows, part.from, part.to});
  }, BLOCK_PAIRS);
}

void compute(const Part& part) {
  if (part.product->dtype != HONE_FP32) {
    const FlushSubnormals flush;
    const AmxTiles tiles(goes_in_blocks(*part.product));
    compute<uint32_t>(part);
  } else {
    compute<float>(part);
  }
}

// Few rows wait for memory, which is read the faster the longer the streams and the fewer their beginnings: the first
// part of each thread is long, the next ones are shorter and shorter, so that all threads end at once, but none is so
// short that its streams hardly get going. Panels of the next part, where so many of all are left.
int64_t next_part(int64_t left, int64_t all, int threads) {
  const int64_t share = blocks(all, threads), streams = std::min(ROW_STREAMS, share), least = std::min(2 * ROW_STREAMS, share);
  return std::min(left, std::max(least, blocks(left * 5 / 8 / threads, streams) * streams));
}

// Which weights were read after which the last time: a decode step always reads them in the same order.
Ahead expected_after(const Product& p, int threads) {
  thread_local std::unordered_map<const void*, Ahead> next;
  thread_local const void* last = nullptr;
  if (p.rows > FEW_ROWS || !p.panels) return {};
  const int64_t panel = panel_words(p.inner, p.dtype != HONE_FP32) * PANEL * sizeof(float);
  const int64_t panels = blocks(p.columns, PANEL), part = next_part(panels, panels, threads);
  const int64_t stream = p.rows == 1 ? stream_panels(part) : part, streams = part / stream, apart = stream * panel;
  if (next.size() > KNOWN_ORDER) next.clear();  // of weights that are long gone
  next[last] = {static_cast<const char*>(p.panels), part * panel, streams, apart, std::min(apart, FETCHED / streams)};
  last = p.panels;
  return next[last];
}

// Cuts a product, of several with `work` multiply-adds in all. By rows where a part lays out its rows of a or all of a
// plain b: one part a thread then, since what another core has written is slower to read than to lay out again. Else by
// columns. No result depends on the cut.
void cut(const Product& p, int threads, int64_t work, std::vector<Part>& parts) {
  if (p.rows == 0 || p.columns == 0) return;
  const int64_t panels = blocks(p.columns, PANEL);
  int64_t tall = p.rows, wide = panels;
  if (threads > 1) {
    // The tasks that this product is worth of `each` a thread.
    const int64_t own = std::max<int64_t>(1, p.rows * p.columns * p.inner);
    auto share = [&](int64_t each) { return blocks(each * threads * own, work); };
    const bool lays_out = p.transposed || p.dtype != HONE_FP32 || !p.panels;
    if (lays_out && p.rows >= 4 * TILE_ROWS * share(1)) {
      tall = blocks(p.rows, share(1));
    } else {
      wide = std::max<int64_t>(1, panels / share(4));
    }
  }
  const bool shrinking = p.rows <= FEW_ROWS && wide < panels;
  for (int64_t row = 0; row < p.rows; row += tall) {
    int64_t width = wide;
    for (int64_t from = 0, i = 0; from < panels; from += width, i++) {
      if (shrinking && i % threads == 0) width = next_part(panels - from, panels, threads);
      parts.push_back({&p, row, std::min(tall, p.rows - row), from, std::min(panels, from + width)});
    }
  }
}

}  // namespace

void multiply(Workers& workers, const Product* products, int64_t count) {
  thread_local std::vector<Part> parts;
  parts.clear();
  int64_t work = 0;
  for (int64_t i = 0; i < count; i++) work += products[i].rows * products[i].columns * products[i].inner;
  const int threads = work > SMALL ? workers.threads() : 1;
  for (int64_t i = 0; i < count; i++) cut(products[i], threads, work, parts);
  const Part* all = parts.data();
  const int64_t number = static_cast<int64_t>(parts.size());
  if (threads == 1) {
    for (int64_t i = 0; i < number; i++) compute(all[i]);
  } else {
    // Of several of one x the first stands for all; experts come in another order each time.
    const bool ordered = products[0].a == products[count - 1].a;
    workers.run(number, [=](int64_t i) { compute(all[i]); }, ordered ? expected_after(products[0], threads) : Ahead());
  }
}

void multiply(const Product& p) {
  if (p.rows > 0 && p.columns > 0) compute({&p, 0, p.rows, 0, blocks(p.columns, PANEL)});
}

}  // namespace hone
