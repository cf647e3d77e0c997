const x = []; for (;;) x.push(new Array(1e5).fill(7));
