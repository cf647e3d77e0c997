function solve(xs) { return [...xs].sort((a, b) => a - b); }
