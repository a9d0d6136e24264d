// Dashboard: see README.md of this room.
