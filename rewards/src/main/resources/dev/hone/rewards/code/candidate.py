"""Runs an untrusted solution and calls its functions as asked, a line of JSON each way.

All this is in the hands of the solution once its first line runs: whatever it writes back is judged
outside, as a value like any other.
"""

import builtins
import json
import os
import sys
import types

import values


def main():
    requests = os.fdopen(3, "rb")
    answers = os.fdopen(4, "wb", buffering=0)
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)

    def answer(message):
        answers.write((json.dumps(message) + "\n").encode())

    setup = json.loads(requests.readline())
    with open("solution.py", encoding="utf-8") as file:
        source = file.read()
    try:
        code = compile(source, "solution.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        answer({"refused": f"{type(error).__name__}: {error}"})
        return
    module = types.ModuleType("solution")
    module.__file__ = "solution.py"
    sys.modules["solution"] = module
    # What may be presumed goes where the builtins are: the module then holds only what the solution
    # defines, so that a function `repeat` that it lacks is not the one of itertools.
    presumed = {}
    exec(setup.get("prelude", ""), presumed)
    module.__builtins__ = {**vars(builtins), **presumed}
    sys.modules.pop("values", None)
    exec(code, module.__dict__)
    answer({"ready": True})
    objects = []
    for line in requests:
        request = json.loads(line)
        function = find(module, request["function"])
        if function is None:
            answer({"raised": ["NameError", f"the program defines no {request['function']}"]})
            continue
        others = objects if request.get("objects") else None
        arguments = values.decode(request["args"], others)
        keywords = {name: values.decode(v, others) for name, v in request["kwargs"].items()}
        try:
            result = function(*arguments, **keywords)
            result = values.encode(result, others)
        except Exception as error:
            if not request.get("objects"):
                raise
            answer({"raised": [type(error).__name__, str(error)[:2000]]})
            continue
        answer({"returned": result})


def find(module, name):
    """A function of the solution, or a method of its class Solution."""
    function = getattr(module, name, None)
    if function is None and hasattr(module, "Solution"):
        function = getattr(module.Solution(), name, None)
    return function


main()
