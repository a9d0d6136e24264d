// Compression: see README.md of this room.
