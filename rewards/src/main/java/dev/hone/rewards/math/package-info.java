/**
 * The math verifier: from a response to an answer ({@code Extraction}), from an answer to an
 * expression ({@code Lexer}, {@code Parser}, {@code Expr}), from two expressions to a judgement
 * ({@code Comparison}, and below it {@code NormalForm}, {@code Evaluation}, {@code RealSet}).
 */
package dev.hone.rewards.math;
