// Discord's gateway.
