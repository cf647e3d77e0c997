const s = require("net").connect(80, "192.0.2.1"); s.on("error", () => console.log("ok")); s.on("connect", () => console.log("escaped"));
