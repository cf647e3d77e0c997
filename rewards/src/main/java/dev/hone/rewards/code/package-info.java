/**
 * Code as answers: finds the program in a completion, runs it on the tests of its problem in the
 * sandbox, and compares what came out with what was expected, which the program never sees.
 *
 * <p>{@link dev.hone.rewards.code.CodeReward} is the reward, {@link
 * dev.hone.rewards.code.CodeVerifier} the judge, {@link dev.hone.rewards.code.ProblemReader} knows
 * the data sets. Function calls go into a box as arguments and come out as data ({@link
 * dev.hone.rewards.code.PythonValue}); a data set's own test code runs in a box beside the
 * candidate's, with only values between the two.
 */
package dev.hone.rewards.code;
