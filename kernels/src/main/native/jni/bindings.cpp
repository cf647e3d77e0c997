// JNI glue: handles and pointers come as longs, codes become exceptions. Nothing is computed here.
#include <jni.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "capture.h"
#include "hone_kernels.h"

namespace {

hone_context* context_of(jlong handle) { return reinterpret_cast<hone_context*>(handle); }
float* floats(jlong address) { return reinterpret_cast<float*>(address); }
void* memory(jlong address) { return reinterpret_cast<void*>(address); }
int32_t* ints(jlong address) { return reinterpret_cast<int32_t*>(address); }

void check(JNIEnv* env, int code) {
  if (code == HONE_OK) return;
  jclass type = env->FindClass("dev/hone/kernels/KernelException");
  if (type != nullptr) env->ThrowNew(type, hone_error());
}

// The packing at this address, as one layer sees it; an outline's lies nowhere.
hone_packing layer_of(jlong packing, jlong page_offset) {
  if (packing == 0) return {};
  hone_packing own = *reinterpret_cast<const hone_packing*>(packing);
  own.page_offset = page_offset;
  return own;
}

}  // namespace

#define HONE_JNI_OF(owner, type, name) extern "C" JNIEXPORT type JNICALL Java_dev_hone_kernels_##owner##_##name
#define HONE_JNI(type, name) HONE_JNI_OF(Kernels, type, name)

// ---- contexts

HONE_JNI(jlong, open)(JNIEnv* env, jclass, jint threads) {
  hone_context* context = nullptr;
  check(env, hone_open(&context, threads));
  return reinterpret_cast<jlong>(context);
}

HONE_JNI(void, close)(JNIEnv*, jclass, jlong context) { hone_close(context_of(context)); }

HONE_JNI(jstring, instructionSet)(JNIEnv* env, jclass) { return env->NewStringUTF(hone_instruction_set()); }

HONE_JNI(jboolean, hasAmx)(JNIEnv*, jclass) { return hone_has_amx() != 0; }

HONE_JNI(void, selfTest)(JNIEnv* env, jclass, jlong context) { check(env, hone_self_test(context_of(context))); }

HONE_JNI(jlong, packedBytes)(JNIEnv*, jclass, jlong matrices, jlong out, jlong in, jint dtype) {
  return hone_packed_bytes(matrices, out, in, dtype);
}

// ---- memory

HONE_JNI_OF(NativeMemory, jlong, allocate)(JNIEnv*, jclass, jlong bytes) { return reinterpret_cast<jlong>(hone_allocate(bytes)); }

HONE_JNI_OF(NativeMemory, void, free)(JNIEnv*, jclass, jlong address) { hone_free(reinterpret_cast<void*>(address)); }

HONE_JNI_OF(NativeMemory, void, putFloats)(JNIEnv* env, jclass, jlong to, jfloatArray from, jint offset, jint count) {
  env->GetFloatArrayRegion(from, offset, count, floats(to));
}

HONE_JNI_OF(NativeMemory, void, getFloats)(JNIEnv* env, jclass, jfloatArray to, jlong from, jint offset, jint count) {
  env->SetFloatArrayRegion(to, offset, count, floats(from));
}

HONE_JNI_OF(NativeMemory, void, putInts)(JNIEnv* env, jclass, jlong to, jintArray from, jint offset, jint count) {
  env->GetIntArrayRegion(from, offset, count, ints(to));
}

HONE_JNI_OF(NativeMemory, void, getInts)(JNIEnv* env, jclass, jintArray to, jlong from, jint offset, jint count) {
  env->SetIntArrayRegion(to, offset, count, ints(from));
}

HONE_JNI_OF(NativeMemory, void, putLongs)(JNIEnv* env, jclass, jlong to, jlongArray from, jint offset, jint count) {
  env->GetLongArrayRegion(from, offset, count, reinterpret_cast<jlong*>(to));
}

HONE_JNI_OF(NativeMemory, void, putDoubles)(JNIEnv* env, jclass, jlong to, jdoubleArray from, jint offset, jint count) {
  env->GetDoubleArrayRegion(from, offset, count, static_cast<jdouble*>(memory(to)));
}

HONE_JNI(void, read)(JNIEnv* env, jclass, jlong context, jlong address, jlong bytes) {
  check(env, hone_read(context_of(context), memory(address), bytes));
}

// ---- capture

HONE_JNI(void, beginCapture)(JNIEnv*, jclass) { hone::capturing().reset(new (std::nothrow) hone::Graph); }

HONE_JNI(jlong, endCapture)(JNIEnv*, jclass) {
  std::unique_ptr<hone::Graph> graph = std::move(hone::capturing());
  return reinterpret_cast<jlong>(graph && graph->whole() ? graph.release() : nullptr);
}

HONE_JNI(void, replay)(JNIEnv* env, jclass, jlong graph) { check(env, reinterpret_cast<const hone::Graph*>(graph)->replay()); }

HONE_JNI(void, release)(JNIEnv*, jclass, jlong graph) { delete reinterpret_cast<const hone::Graph*>(graph); }

// ---- operations

// Those of context 0, an outline, are not run.
#define HONE_RUN(operation) \
  if (context != 0) check(env, hone::run([=] { return operation; }))

// As HONE_RUN, but no part of a step that is captured.
#define HONE_RUN_ONCE(operation) \
  if (context != 0) check(env, operation)

HONE_JNI(void, zero)(JNIEnv* env, jclass, jlong context, jlong y, jlong size) {
  HONE_RUN(hone_zero(context_of(context), floats(y), size));
}

HONE_JNI(void, copy)(JNIEnv* env, jclass, jlong context, jlong y, jlong x, jlong size, jboolean accumulate) {
  HONE_RUN(hone_copy(context_of(context), floats(y), floats(x), size, accumulate));
}

HONE_JNI(void, add)(JNIEnv* env, jclass, jlong context, jlong y, jlong a, jlong b, jlong size) {
  HONE_RUN(hone_add(context_of(context), floats(y), floats(a), floats(b), size));
}

HONE_JNI(void, copyColumns)(JNIEnv* env, jclass, jlong context, jlong y, jlong x, jlong rows, jlong y_width, jlong to, jlong x_width, jlong from, jlong width, jboolean accumulate) {
  HONE_RUN(hone_copy_columns(context_of(context), floats(y), floats(x), rows, y_width, to, x_width, from, width, accumulate));
}

HONE_JNI(void, gatherRows)(JNIEnv* env, jclass, jlong context, jlong y, jlong table, jlong rows, jlong count, jlong table_rows, jlong width) {
  HONE_RUN(hone_gather_rows(context_of(context), floats(y), floats(table), ints(rows), count, table_rows, width));
}

HONE_JNI(void, gatherRowsBackward)(JNIEnv* env, jclass, jlong context, jlong d_table, jlong dy, jlong rows, jlong count, jlong table_rows, jlong width, jboolean accumulate) {
  HONE_RUN(hone_gather_rows_backward(context_of(context), floats(d_table), floats(dy), ints(rows), count, table_rows, width, accumulate));
}

HONE_JNI(void, pack)(JNIEnv* env, jclass, jlong context, jlong packed, jlong w, jlong matrices, jlong stride, jlong out, jlong in, jint dtype) {
  HONE_RUN_ONCE(hone_pack(context_of(context), memory(packed), floats(w), matrices, stride, out, in, dtype));
}

HONE_JNI(void, unpack)(JNIEnv* env, jclass, jlong context, jlong w, jlong packed, jlong matrices, jlong out, jlong in, jint dtype) {
  HONE_RUN_ONCE(hone_unpack(context_of(context), floats(w), memory(packed), matrices, out, in, dtype));
}

HONE_JNI(void, linears)(JNIEnv* env, jclass, jlong context, jlongArray projections, jlong x, jlong n, jlong in, jint dtype) {
  constexpr jsize FIELDS = sizeof(hone_projection) / sizeof(jlong);
  const jsize count = env->GetArrayLength(projections) / FIELDS;
  auto next = [&](auto some, jsize first) {
    const jsize own = std::min<jsize>(some.size(), count - first);
    env->GetLongArrayRegion(projections, FIELDS * first, FIELDS * own, reinterpret_cast<jlong*>(some.data()));
    HONE_RUN(hone_linears(context_of(context), some.data(), own, floats(x), n, in, dtype));
    return own;
  };
  for (jsize first = 0; first < count && !env->ExceptionCheck();) {
    first += count - first == 1 ? next(std::array<hone_projection, 1>(), first) : next(std::array<hone_projection, 8>(), first);
  }
}

HONE_JNI(void, linearBackwardInput)(JNIEnv* env, jclass, jlong context, jlong dx, jlong dy, jlong w, jlong n, jlong in, jlong out, jint dtype, jboolean accumulate) {
  HONE_RUN(hone_linear_backward_input(context_of(context), floats(dx), floats(dy), floats(w), n, in, out, dtype, accumulate));
}

HONE_JNI(void, linearBackwardWeight)(JNIEnv* env, jclass, jlong context, jlong dw, jlong dy, jlong x, jlong n, jlong in, jlong out, jint dtype, jboolean accumulate) {
  HONE_RUN(hone_linear_backward_weight(context_of(context), floats(dw), floats(dy), floats(x), n, in, out, dtype, accumulate));
}

HONE_JNI(void, linearBackwardBias)(JNIEnv* env, jclass, jlong context, jlong d_bias, jlong dy, jlong n, jlong out, jboolean accumulate) {
  HONE_RUN(hone_linear_backward_bias(context_of(context), floats(d_bias), floats(dy), n, out, accumulate));
}

HONE_JNI(void, groupedLinear)(JNIEnv* env, jclass, jlong context, jlong y, jlong x, jlong packed, jlong offsets, jlong experts, jlong in, jlong out, jint dtype) {
  HONE_RUN(hone_grouped_linear(context_of(context), floats(y), floats(x), memory(packed), ints(offsets), experts, in, out, dtype));
}

HONE_JNI(void, groupedLinearBackwardInput)(JNIEnv* env, jclass, jlong context, jlong dx, jlong dy, jlong w, jlong offsets, jlong experts, jlong in, jlong out, jint dtype, jboolean accumulate) {
  HONE_RUN(hone_grouped_linear_backward_input(context_of(context), floats(dx), floats(dy), floats(w), ints(offsets), experts, in, out, dtype, accumulate));
}

HONE_JNI(void, groupedLinearBackwardWeight)(JNIEnv* env, jclass, jlong context, jlong dw, jlong dy, jlong x, jlong offsets, jlong experts, jlong in, jlong out, jint dtype, jboolean accumulate) {
  HONE_RUN(hone_grouped_linear_backward_weight(context_of(context), floats(dw), floats(dy), floats(x), ints(offsets), experts, in, out, dtype, accumulate));
}

HONE_JNI(void, rmsNorm)(JNIEnv* env, jclass, jlong context, jlong y, jlong scales, jlong x, jlong gain, jlong rows, jlong width, jfloat epsilon) {
  HONE_RUN(hone_rms_norm(context_of(context), floats(y), floats(scales), floats(x), floats(gain), rows, width, epsilon));
}

HONE_JNI(void, rmsNormBackward)(JNIEnv* env, jclass, jlong context, jlong dx, jlong d_gain, jlong dy, jlong x, jlong gain, jlong scales, jlong rows, jlong width, jboolean accumulate_x, jboolean accumulate_gain) {
  HONE_RUN(hone_rms_norm_backward(context_of(context), floats(dx), floats(d_gain), floats(dy), floats(x), floats(gain), floats(scales), rows, width, accumulate_x, accumulate_gain));
}

HONE_JNI(void, rope)(JNIEnv* env, jclass, jlong context, jlong y, jlong x, jlong table, jlong positions, jlong tokens, jlong heads, jlong width, jlong from, jlong pairs, jboolean interleaved) {
  HONE_RUN(hone_rope(context_of(context), floats(y), floats(x), floats(table), ints(positions), tokens, heads, width, from, pairs, interleaved));
}

HONE_JNI(void, ropeBackward)(JNIEnv* env, jclass, jlong context, jlong dx, jlong dy, jlong table, jlong positions, jlong tokens, jlong heads, jlong width, jlong from, jlong pairs, jboolean interleaved, jboolean accumulate) {
  HONE_RUN(hone_rope_backward(context_of(context), floats(dx), floats(dy), floats(table), ints(positions), tokens, heads, width, from, pairs, interleaved, accumulate));
}

HONE_JNI(void, swiGlu)(JNIEnv* env, jclass, jlong context, jlong y, jlong gate_up, jlong rows, jlong width) {
  HONE_RUN(hone_swiglu(context_of(context), floats(y), floats(gate_up), rows, width));
}

HONE_JNI(void, swiGluBackward)(JNIEnv* env, jclass, jlong context, jlong d_gate_up, jlong dy, jlong gate_up, jlong rows, jlong width, jboolean accumulate) {
  HONE_RUN(hone_swiglu_backward(context_of(context), floats(d_gate_up), floats(dy), floats(gate_up), rows, width, accumulate));
}

HONE_JNI(void, attention)(JNIEnv* env, jclass, jlong context, jlong out, jlong log_sums, jlong q, jlong k, jlong v, jlong packing, jlong page_offset, jlong heads, jlong kv_heads, jlong d, jlong e, jfloat scale) {
  const hone_packing own = layer_of(packing, page_offset);
  HONE_RUN(hone_attention(context_of(context), floats(out), floats(log_sums), floats(q), floats(k), floats(v), &own, heads, kv_heads, d, e, scale));
}

HONE_JNI(void, attentionBackward)(JNIEnv* env, jclass, jlong context, jlong dq, jlong dk, jlong dv, jlong d_out, jlong out, jlong log_sums, jlong q, jlong k, jlong v, jlong packing, jlong page_offset, jlong heads, jlong kv_heads, jlong d, jlong e, jfloat scale) {
  const hone_packing own = layer_of(packing, page_offset);
  HONE_RUN(hone_attention_backward(context_of(context), floats(dq), floats(dk), floats(dv), floats(d_out), floats(out), floats(log_sums), floats(q), floats(k), floats(v), &own, heads, kv_heads, d, e, scale));
}

HONE_JNI(void, latentAttention)(JNIEnv* env, jclass, jlong context, jlong out, jlong absorbed, jlong mixed, jlong log_sums, jlong q, jlong latent, jlong kv_b, jlong packed_values, jlong packing, jlong page_offset, jlong heads, jlong nope, jlong rope, jlong rank, jlong v, jfloat scale) {
  const hone_packing own = layer_of(packing, page_offset);
  const hone_latent_shape shape{heads, nope, rope, rank, v, scale};
  HONE_RUN(hone_latent_attention(context_of(context), floats(out), floats(absorbed), floats(mixed), floats(log_sums), floats(q), floats(latent), floats(kv_b), floats(packed_values), &own, &shape));
}

HONE_JNI(void, latentAttentionBackward)(JNIEnv* env, jclass, jlong context, jlong dq, jlong d_latent, jlong d_kv_b, jlong d_mixed, jlong d_absorbed, jlong d_out, jlong absorbed, jlong mixed, jlong log_sums, jlong q, jlong latent, jlong kv_b, jlong packing, jlong page_offset, jlong heads, jlong nope, jlong rope, jlong rank, jlong v, jfloat scale, jboolean accumulate_kv_b) {
  const hone_packing own = layer_of(packing, page_offset);
  const hone_latent_shape shape{heads, nope, rope, rank, v, scale};
  HONE_RUN(hone_latent_attention_backward(context_of(context), floats(dq), floats(d_latent), floats(d_kv_b), floats(d_mixed), floats(d_absorbed), floats(d_out), floats(absorbed), floats(mixed), floats(log_sums), floats(q), floats(latent), floats(kv_b), &own, &shape, accumulate_kv_b));
}

HONE_JNI(void, route)(JNIEnv* env, jclass, jlong context, jlong chosen, jlong weights, jlong scores, jlong x, jlong packed_gate, jlong bias, jlong tokens, jlong width, jlong experts, jboolean sigmoid, jint groups, jint kept_groups, jboolean top_two_sum, jint top_k, jboolean normalize, jfloat scale) {
  const hone_router router{sigmoid, groups, kept_groups, top_two_sum, top_k, normalize, scale};
  HONE_RUN(hone_route(context_of(context), ints(chosen), floats(weights), floats(scores), floats(x), floats(packed_gate), floats(bias), tokens, width, experts, &router));
}

HONE_JNI(void, routeBackward)(JNIEnv* env, jclass, jlong context, jlong d_logits, jlong d_weights, jlong d_scores, jlong chosen, jlong scores, jlong tokens, jlong experts, jboolean sigmoid, jint groups, jint kept_groups, jboolean top_two_sum, jint top_k, jboolean normalize, jfloat scale) {
  const hone_router router{sigmoid, groups, kept_groups, top_two_sum, top_k, normalize, scale};
  HONE_RUN(hone_route_backward(context_of(context), floats(d_logits), floats(d_weights), floats(d_scores), ints(chosen), floats(scores), tokens, experts, &router));
}

HONE_JNI(void, dispatch)(JNIEnv* env, jclass, jlong context, jlong offsets, jlong row_of_choice, jlong token_of_row, jlong chosen, jlong tokens, jlong top_k, jlong experts) {
  HONE_RUN(hone_dispatch(context_of(context), ints(offsets), ints(row_of_choice), ints(token_of_row), ints(chosen), tokens, top_k, experts));
}

HONE_JNI(void, permuteBackward)(JNIEnv* env, jclass, jlong context, jlong dx, jlong d_rows, jlong row_of_choice, jlong tokens, jlong top_k, jlong width, jboolean accumulate) {
  HONE_RUN(hone_permute_backward(context_of(context), floats(dx), floats(d_rows), ints(row_of_choice), tokens, top_k, width, accumulate));
}

HONE_JNI(void, unpermute)(JNIEnv* env, jclass, jlong context, jlong y, jlong rows, jlong weights, jlong row_of_choice, jlong tokens, jlong top_k, jlong width) {
  HONE_RUN(hone_unpermute(context_of(context), floats(y), floats(rows), floats(weights), ints(row_of_choice), tokens, top_k, width));
}

HONE_JNI(void, unpermuteBackward)(JNIEnv* env, jclass, jlong context, jlong d_rows, jlong d_weights, jlong dy, jlong rows, jlong weights, jlong row_of_choice, jlong tokens, jlong top_k, jlong width, jboolean accumulate_rows, jboolean accumulate_weights) {
  HONE_RUN(hone_unpermute_backward(context_of(context), floats(d_rows), floats(d_weights), floats(dy), floats(rows), floats(weights), ints(row_of_choice), tokens, top_k, width, accumulate_rows, accumulate_weights));
}

HONE_JNI(void, logProbs)(JNIEnv* env, jclass, jlong context, jlong log_probs, jlong entropies, jlong logits, jlong targets, jlong rows, jlong vocabulary, jfloat temperature) {
  HONE_RUN(hone_log_probs(context_of(context), floats(log_probs), floats(entropies), floats(logits), ints(targets), rows, vocabulary, temperature));
}

HONE_JNI(void, sample)(JNIEnv* env, jclass, jlong context, jlong tokens, jlong logits, jlong rows, jlong uniforms, jlong count, jlong vocabulary, jfloat temperature) {
  HONE_RUN(hone_sample(context_of(context), ints(tokens), floats(logits), ints(rows), static_cast<const double*>(memory(uniforms)), count, vocabulary, temperature));
}

HONE_JNI(void, tokenLogProbs)(JNIEnv* env, jclass, jlong context, jlong log_probs, jlong entropies, jlong log_sums, jlong scratch, jlong hidden, jlong packed_head, jlong targets, jlong rows, jlong width, jlong vocabulary, jfloat temperature, jlong chunk, jint dtype) {
  HONE_RUN(hone_token_log_probs(context_of(context), floats(log_probs), floats(entropies), floats(log_sums), floats(scratch), floats(hidden), memory(packed_head), ints(targets), rows, width, vocabulary, temperature, chunk, dtype));
}

HONE_JNI(void, tokenLogProbsBackward)(JNIEnv* env, jclass, jlong context, jlong d_hidden, jlong d_head, jlong scratch, jlong d_log_probs, jlong d_entropies, jlong log_sums, jlong entropies, jlong hidden, jlong head, jlong packed_head, jlong targets, jlong rows, jlong width, jlong vocabulary, jfloat temperature, jlong chunk, jint dtype, jboolean logits_kept, jboolean accumulate_hidden, jboolean accumulate_head) {
  HONE_RUN(hone_token_log_probs_backward(context_of(context), floats(d_hidden), floats(d_head), floats(scratch), floats(d_log_probs), floats(d_entropies), floats(log_sums), floats(entropies), floats(hidden), floats(head), memory(packed_head), ints(targets), rows, width, vocabulary, temperature, chunk, dtype, logits_kept, accumulate_hidden, accumulate_head));
}

// ---- optimizer

HONE_JNI(jdouble, sumOfSquares)(JNIEnv* env, jclass, jlong context, jdouble sum, jlong x, jlong size) {
  HONE_RUN_ONCE(hone_sum_of_squares(context_of(context), &sum, floats(x), size));
  return sum;
}

HONE_JNI(void, adamW)(JNIEnv* env, jclass, jlong context, jlong p, jlong m, jlong v, jlong gradient, jlong size, jdouble beta1, jdouble beta2, jdouble epsilon, jdouble learning_rate, jdouble weight_decay, jdouble gradient_scale, jint step) {
  const hone_adamw_step settings{beta1, beta2, epsilon, learning_rate, weight_decay, gradient_scale, step};
  HONE_RUN(hone_adamw(context_of(context), floats(p), floats(m), floats(v), floats(gradient), size, &settings));
}
