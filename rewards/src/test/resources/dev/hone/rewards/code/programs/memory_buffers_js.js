const x = []; for (;;) x.push(Buffer.alloc(10 << 20, 1));
