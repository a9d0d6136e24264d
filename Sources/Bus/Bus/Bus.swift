// Bus.
