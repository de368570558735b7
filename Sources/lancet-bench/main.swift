print("lancet-bench")
