// HTML: see README.md of this room.
