import os
secret = [k for k in os.environ if k not in ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE")]
print(secret or "ok")
