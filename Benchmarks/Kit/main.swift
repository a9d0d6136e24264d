// The kit's table.
print("bench")
