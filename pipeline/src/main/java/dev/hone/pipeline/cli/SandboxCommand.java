package dev.hone.pipeline.cli;

import picocli.CommandLine.Command;

/** {@code hone sandbox}: programs outside of training. */
@Command(
    name = "sandbox",
    subcommands = SandboxRunCommand.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {"Runs untrusted programs under limits and judges them.", ""},
    footerHeading = "%nExample:%n",
    footer = "  hone sandbox run programs/ --out results.jsonl")
final class SandboxCommand {}
