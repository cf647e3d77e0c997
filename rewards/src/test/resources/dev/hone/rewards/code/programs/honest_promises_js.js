const rl = require("readline").createInterface({ input: process.stdin });
let n = 0;
rl.on("line", l => n += Number(l));
rl.on("close", async () => { await new Promise(r => setTimeout(r, 20)); console.log(n); });
