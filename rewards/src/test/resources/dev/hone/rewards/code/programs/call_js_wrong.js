const solve = xs => xs;
