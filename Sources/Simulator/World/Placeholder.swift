// The simulated world.
