import resource
bad = []
for name in ("NPROC", "NOFILE", "FSIZE", "CPU", "CORE", "MEMLOCK"):
    kind = getattr(resource, "RLIMIT_" + name)
    try:
        resource.setrlimit(kind, (1 << 40, 1 << 40))
        bad.append(name)
    except (OSError, ValueError):
        pass
print(bad or "ok")
