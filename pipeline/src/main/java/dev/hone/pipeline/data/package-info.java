/**
 * What the policy is asked and taught: rows of users' files or of generated problems, made into
 * prompts and supervised examples by columns, templates and the checkpoint's chat template. Rows
 * that cannot be used are set aside and named. Everything follows from the data and the seed.
 */
package dev.hone.pipeline.data;
