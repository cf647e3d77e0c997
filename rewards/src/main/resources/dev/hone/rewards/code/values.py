"""Python's builtin values as JSON with tags, and back (PythonValue.java says the form)."""

import types

LARGEST = 2_000_000  # items of an iterator that never ends


def encode(value, others=None):
    """`others` keeps what is no data, so that it can be named and handed back; None forbids it."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return {"float": float.__repr__(value)}
    if isinstance(value, complex):
        return {"complex": [float.__repr__(value.real), float.__repr__(value.imag)]}
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": bytes(value).hex()}
    if isinstance(value, list):
        return [encode(item, others) for item in list.__iter__(value)]
    if isinstance(value, tuple):
        return {"tuple": [encode(item, others) for item in tuple.__iter__(value)]}
    if isinstance(value, (set, frozenset)):
        kind = "set" if isinstance(value, set) else "frozenset"
        return {kind: [encode(item, others) for item in value]}
    if isinstance(value, dict):
        pairs = [[encode(key, others), encode(value[key], others)] for key in dict.__iter__(value)]
        return {"dict": pairs}
    module = type(value).__module__.partition(".")[0]
    if module == "numpy" and hasattr(value, "tolist"):
        return encode(value.tolist(), others)
    if others is not None:
        if isinstance(value, range):
            return {"range": [value.start, value.stop, value.step]}
        if isinstance(value, (types.GeneratorType, map, filter, zip, enumerate, reversed)):
            items = []
            for item in value:
                items.append(encode(item, others))
                if len(items) > LARGEST:
                    raise MemoryError("an iterator of too many items")
            return {"iterator": items}
        if isinstance(value, Remote):
            return {"object": value.number}
        others.append(value)
        return {"object": len(others) - 1}
    return {"object": type(value).__name__}


class Remote:
    """Something on the other side that is no data."""

    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return isinstance(other, Remote) and other.number == self.number

    def __hash__(self):
        return hash(self.number)


def decode(value, others=None):
    if isinstance(value, list):
        return [decode(item, others) for item in value]
    if not isinstance(value, dict):
        return value
    (tag, content), = value.items()
    if tag == "float":
        return float(content)
    if tag == "complex":
        return complex(float(content[0]), float(content[1]))
    if tag == "bytes":
        return bytes.fromhex(content)
    if tag == "tuple":
        return tuple(decode(item, others) for item in content)
    if tag == "set":
        return {decode(item, others) for item in content}
    if tag == "frozenset":
        return frozenset(decode(item, others) for item in content)
    if tag == "dict":
        return {decode(key, others): decode(item, others) for key, item in content}
    if tag == "range":
        return range(*content)
    if tag == "iterator":
        return iter([decode(item, others) for item in content])
    if tag == "object":
        return others[content] if others is not None else Remote(content)
    raise ValueError(f"no such tag: {tag}")
