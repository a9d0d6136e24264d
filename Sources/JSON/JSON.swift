// JSON: see README.md of this room.
