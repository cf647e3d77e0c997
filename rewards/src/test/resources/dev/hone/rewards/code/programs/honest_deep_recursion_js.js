function f(n) { return n === 0 ? 0 : 1 + f(n - 1); }
console.log(f(100000));
