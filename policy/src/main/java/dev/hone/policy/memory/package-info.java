/** What a run takes outside the JVM's heap, found out before it starts. */
package dev.hone.policy.memory;
