raise SystemExit("ok")
