// The servers around it.
