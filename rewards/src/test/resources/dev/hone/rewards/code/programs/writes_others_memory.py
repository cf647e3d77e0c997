import ctypes
libc = ctypes.CDLL(None)
class V(ctypes.Structure):
    _fields_ = [("b", ctypes.c_void_p), ("n", ctypes.c_size_t)]
b = ctypes.create_string_buffer(8)
v = V(ctypes.addressof(b), 8)
print("ok" if libc.process_vm_readv(1, ctypes.byref(v), 1, ctypes.byref(v), 1, 0) < 0 else "escaped")
