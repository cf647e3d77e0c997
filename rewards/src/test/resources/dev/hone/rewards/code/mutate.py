"""Mutants of the function named on the command line, as a JSON list: one of each kind first."""

import ast
import copy
import json
import sys

SWAPPED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Lt: ast.GtE, ast.LtE: ast.Lt, ast.Gt: ast.LtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.And: ast.Or, ast.Or: ast.And,
}


def operators(function):
    """A wrong operator, at each place in turn."""
    for index, node in enumerate(ast.walk(function)):
        kind = getattr(node, "op", None) or (getattr(node, "ops", None) or [None])[0]
        if type(kind) in SWAPPED:
            other = copy.deepcopy(function)
            target = list(ast.walk(other))[index]
            if hasattr(target, "ops"):
                target.ops[0] = SWAPPED[type(kind)]()
            else:
                target.op = SWAPPED[type(kind)]()
            yield other


def constants(function):
    """A wrong constant, at each place in turn."""
    for index, node in enumerate(ast.walk(function)):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            other = copy.deepcopy(function)
            target = list(ast.walk(other))[index]
            target.value = target.value + 1
            yield other


def early_returns(function):
    """A return before the work is done: of the first argument, then of None."""
    name = function.args.args[0].arg if function.args.args else None
    for value in ([ast.Name(name, ast.Load())] if name else []) + [ast.Constant(None)]:
        other = copy.deepcopy(function)
        other.body.insert(0, ast.Return(value))
        yield other


def main():
    tree = ast.parse(sys.stdin.read())
    where = max(
        i for i, node in enumerate(tree.body)
        if isinstance(node, ast.FunctionDef) and node.name == sys.argv[1])
    made = []
    kinds = [operators(tree.body[where]), constants(tree.body[where]), early_returns(tree.body[where])]
    while kinds:
        for kind in list(kinds):
            mutant = next(kind, None)
            if mutant is None:
                kinds.remove(kind)
                continue
            other = copy.copy(tree)
            other.body = tree.body[:where] + [mutant] + tree.body[where + 1:]
            made.append(ast.unparse(ast.fix_missing_locations(other)))
    print(json.dumps(made))


main()
