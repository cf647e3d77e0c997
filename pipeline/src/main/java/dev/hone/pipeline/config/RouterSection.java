package dev.hone.pipeline.config;

import dev.hone.policy.loss.RouterBalance;

/** How the load of a mixture's experts is balanced. */
public record RouterSection(
    @Setting(value = "0.0", min = 0, doc = "Weight of the routers' balance loss")
        double routerAuxLossCoef,
    @Setting(value = "sequence", doc = "Over what the balance loss counts")
        RouterBalance routerBalance,
    @Setting(
            value = "0.0",
            min = 0,
            doc = "Step of the experts' correction biases (balancing without a loss)")
        double expertBiasUpdateSpeed) {}
