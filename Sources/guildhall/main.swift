// The command line.
print("guildhall")
