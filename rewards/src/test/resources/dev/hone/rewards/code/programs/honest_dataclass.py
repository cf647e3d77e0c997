from dataclasses import dataclass
import pickle
@dataclass
class P:
    x: int
print(pickle.loads(pickle.dumps(P(3))))
