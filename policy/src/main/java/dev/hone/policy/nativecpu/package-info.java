/** The {@code native-cpu} backend: Hone's own kernels, recorded on a tape of closures. */
package dev.hone.policy.nativecpu;
