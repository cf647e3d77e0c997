const s = "x".repeat(1 << 20); for (;;) require("fs").writeSync(1, s);
