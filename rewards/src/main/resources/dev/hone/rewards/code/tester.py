"""Runs a data set's own test code in a box of its own; the candidate is a proxy.

Only values come from the other side, so nothing there can change what is asserted here.
"""

import ast
import builtins
import json
import os
import sys

import values


class Stop(BaseException):
    """The candidate is gone, and the test with it; no `except Exception` may hold this."""


def main():
    requests = os.fdopen(3, "rb")
    answers = os.fdopen(4, "wb", buffering=0)
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)

    def tell(message):
        answers.write((json.dumps(message) + "\n").encode())

    def proxy(name):
        def candidate(*arguments, **keywords):
            tell({
                "function": name,
                "args": [values.encode(value, []) for value in arguments],
                "kwargs": {key: values.encode(value, []) for key, value in keywords.items()},
            })
            line = requests.readline()
            if not line:
                raise Stop()
            reply = json.loads(line)
            if "raised" in reply:
                kind, message = reply["raised"]
                error = getattr(builtins, str(kind), None)
                if not (isinstance(error, type) and issubclass(error, Exception)):
                    error = RuntimeError
                raise error(message) if error is not UnicodeDecodeError else RuntimeError(message)
            return values.decode(reply["returned"])

        candidate.__name__ = name
        return candidate

    setup = json.loads(requests.readline())
    namespace = {"__name__": "tests"}
    exec(setup["before"], namespace)
    if setup["entry_point"]:
        namespace[setup["entry_point"]] = proxy(setup["entry_point"])
    tree = ast.parse(setup["test"])
    for name in free_names(tree) - namespace.keys():
        namespace[name] = proxy(name)
    try:
        exec(compile(tree, "test", "exec"), namespace)
        if setup["call"]:
            namespace["check"](namespace[setup["entry_point"]])
    except AssertionError as failure:
        tell({"failed": f"the assertion does not hold{where(failure, setup['test'])}"})
    except Exception as failure:
        what = f"{type(failure).__name__}: {failure}"[:500]
        tell({"failed": f"the test raised {what}{where(failure, setup['test'])}"})
    else:
        tell({"passed": True})


def free_names(tree):
    """Names that the test takes from the program it tests."""
    read, bound = set(), set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return read - bound


def where(failure, test):
    """The line of the test that failed."""
    lines = test.splitlines()
    trace, number = failure.__traceback__, 0
    while trace:
        if trace.tb_frame.f_code.co_filename == "test":
            number = trace.tb_lineno
        trace = trace.tb_next
    return f": {lines[number - 1].strip()[:200]}" if 0 < number <= len(lines) else ""


main()
