/** What a run shows of itself: {@code report.html} and the summary at the end. */
package dev.hone.pipeline.report;
