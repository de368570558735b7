print("lancet")
