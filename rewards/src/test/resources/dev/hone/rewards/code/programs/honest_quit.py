print("ok")
quit()
