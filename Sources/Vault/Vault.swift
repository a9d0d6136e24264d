// Vault: see README.md of this room.
