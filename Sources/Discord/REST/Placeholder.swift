// Discord's HTTP API.
